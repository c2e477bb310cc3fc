// Character counters (文字数): one field against its limit, or several fields against one common limit.
// The server counts again and decides; this only shows the figure while typing.
//
//   <textarea data-count-limit="250" data-count-group="x-count" data-count-label="求める措置">
//   <p id="x-count"><span data-count-figure></span><span data-count-rest></span></p>
//
// data-count-group is the id of the counter; fields that share it are summed: 134 ＋ 75 ＝ 209 ／ 700文字.

const numbers = new Intl.NumberFormat("ja-JP");
const segmenter = "Segmenter" in Intl ? new Intl.Segmenter("ja", { granularity: "grapheme" }) : null;
const UNSEEN = /[\p{Cc}\u00AD\u061C\u200B\u200E\u200F\u202A-\u202E\u2060\u2066-\u2069\uFEFF]/gu;

// Counts as a person does and as the server does: tabs are blanks, line breaks and unseen characters are left out.
function countCharacters(text) {
  const counted = text.normalize("NFC").replaceAll("\t", " ").replace(UNSEEN, "").trim();
  return segmenter === null ? Array.from(counted).length : Array.from(segmenter.segment(counted)).length;
}

function describeParts(parts) {
  if (parts.length === 1) {
    return "";
  }
  return `${parts.map((part) => `${part.label} ${numbers.format(part.length)}`).join(" ＋ ")} ＝ `;
}

function write(output, parts, limit) {
  const total = parts.reduce((sum, part) => sum + part.length, 0);
  const over = total - limit;
  const figure = output.querySelector("[data-count-figure]");
  const rest = output.querySelector("[data-count-rest]");
  const strong = document.createElement("b");
  strong.textContent = numbers.format(total);
  figure.replaceChildren(describeParts(parts), strong, ` ／ ${numbers.format(limit)}文字`);
  figure.classList.toggle("counter-over", over > 0);
  rest.textContent = over > 0 ? `${numbers.format(over)}文字超過` : `あと${numbers.format(-over)}文字`;
  rest.classList.toggle("counter-over", over > 0);
}

function fieldsOf(groupId) {
  return Array.from(document.querySelectorAll(`[data-count-group="${CSS.escape(groupId)}"]`));
}

function refresh(groupId) {
  const output = document.getElementById(groupId);
  const fields = fieldsOf(groupId);
  if (output === null || fields.length === 0) {
    return;
  }
  const parts = fields.map((field) => ({
    label: field.dataset.countLabel ?? "",
    length: countCharacters(field.value),
  }));
  write(output, parts, Number(fields[0].dataset.countLimit));
}

document.querySelectorAll("[data-count-limit]").forEach((field) => {
  const { countGroup } = field.dataset;
  field.addEventListener("input", () => refresh(countGroup));
  refresh(countGroup);
});
