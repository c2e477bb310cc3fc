// Takes a suggested register row and its words into the list of evidence (根拠にする), and out of it
// again (外す), without loading the page anew.
//
//   <input type="checkbox" data-take-entry="id of the row" data-take-quote="words">
//   <fieldset data-evidence-row> … [data-evidence-entry] [data-evidence-quote] [data-evidence-remove]
//
// Without the script the ticked rows are taken when the form is sent. A row for which there is no
// room stays ticked, and is taken then.

const rows = Array.from(document.querySelectorAll("[data-evidence-row]"), (row) => ({
  id: row.id,
  entry: row.querySelector("[data-evidence-entry]"),
  quote: row.querySelector("[data-evidence-quote]"),
  remove: row.querySelector("[data-evidence-remove]"),
}));
const boxes = Array.from(document.querySelectorAll("[data-take-entry]"));

function put(row, entry, quote) {
  row.entry.value = entry;
  row.quote.value = quote;
  row.entry.dispatchEvent(new Event("change", { bubbles: true }));
  row.quote.dispatchEvent(new Event("input", { bubbles: true }));
}

function markOf(box) {
  const place = box.closest("[id^='suggestion-']");
  return document.querySelector(`mark a[data-candidate="${place?.id}"]`)?.parentElement ?? null;
}

function show(box, row) {
  const mark = markOf(box);
  if (mark === null) {
    return;
  }
  const link = mark.querySelector("a");
  const place = link.dataset.candidate;
  mark.classList.toggle("mark-suggested", row === null);
  link.textContent = row === null ? place.replace("suggestion-", "候補") : row.id.replace("evidence-", "根拠");
  link.setAttribute("href", `#${row === null ? place : row.id}`);
}

boxes.forEach((box) => {
  box.addEventListener("change", () => {
    const entry = box.dataset.takeEntry;
    const held = rows.find((row) => row.entry.value === entry);
    if (!box.checked) {
      if (held !== undefined) {
        put(held, "", "");
        show(box, null);
      }
      return;
    }
    const free = held ?? rows.find((row) => row.entry.value === "" && row.quote.value.trim() === "");
    if (free !== undefined) {
      put(free, entry, held?.quote.value.trim() || box.dataset.takeQuote);
      show(box, free);
    }
  });
});

rows.forEach((row) => {
  row.remove?.addEventListener("click", (event) => {
    const box = boxes.find((candidate) => candidate.dataset.takeEntry === row.entry.value);
    // A suggestion that the page shows as taken comes back only with a new page.
    if (box === undefined && row.entry.value !== "") {
      return;
    }
    event.preventDefault();
    put(row, "", "");
    if (box !== undefined) {
      box.checked = false;
      show(box, null);
    }
    row.entry.focus();
  });
});
