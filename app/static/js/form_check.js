// 形式確認: keeps the marks while one works, and puts a chosen phrase (文例) into its reason.

const PAUSE_MILLISECONDS = 800;
const REFUSED = {
  401: "保存していません。ログインの有効時間が切れました。別のタブでログインしてから、保存し直してください。",
  403: "保存していません。この操作を行う権限がありません。",
  409: "保存していません。ほかの人が先に変更しました。画面を開き直して、結果を確かめてください。",
};
const FAILED = "保存していません。通信できませんでした。「確認の結果を保存する」を押してください。";

// Lines that cannot be kept yet: waived without a reason, or a reason without a result.
function isIncomplete(line) {
  const chosen = line.querySelector("input:checked");
  const reason = line.querySelector("textarea")?.value.trim() ?? "";
  if (!chosen) {
    return reason !== "";
  }
  return chosen.value === "waived" && reason === "";
}

function contentOf(form) {
  const content = new FormData(form);
  // The key belongs to the buttons of the page: what is kept on the way must not use it up.
  content.delete("form_key");
  form.querySelectorAll("[data-check-line]").forEach((line) => {
    if (isIncomplete(line)) {
      line.querySelectorAll("[name]").forEach((field) => content.delete(field.name));
    }
  });
  return content;
}

function showLines(form, lines) {
  const known = new Map(lines.map((line) => [line.item, line]));
  form.querySelectorAll("[data-check-line]").forEach((element) => {
    const line = known.get(element.querySelector("[data-check-item]")?.value);
    if (!line) {
      return;
    }
    element.querySelector("[data-check-version]").value = line.version;
    const badge = element.querySelector("[data-check-state] .badge");
    badge.textContent = line.label;
    badge.className = `badge badge-${line.tone}`;
  });
}

// What still keeps the form from being accepted, as it is kept now.
function showRest(form, lines) {
  const notice = form.querySelector("[data-unsettled]");
  if (!notice || lines.length === 0) {
    return;
  }
  const rest = lines.filter((line) => !line.is_settled).length;
  notice.querySelector("[data-unsettled-count]").textContent = rest;
  notice.hidden = rest === 0;
}

function keepMarks(form) {
  const words = form.querySelector("[data-save-words]");
  let timer;
  let running = Promise.resolve();
  let isRunning = false;

  async function save() {
    isRunning = true;
    try {
      const answer = await fetch(form.dataset.formCheck, {
        method: "POST",
        body: contentOf(form),
        headers: { Accept: "application/json" },
        redirect: "error",
      });
      if (answer.ok || answer.status === 422) {
        const told = await answer.json();
        words.textContent = answer.ok ? told.words : `保存していません。${told.words}`;
        showLines(form, told.lines);
        showRest(form, told.lines);
      } else {
        words.textContent = REFUSED[answer.status] ?? FAILED;
      }
    } catch {
      words.textContent = FAILED;
    }
    isRunning = false;
  }

  form.addEventListener("change", (event) => {
    if (!event.target.closest("[data-check-line]")) {
      return;
    }
    clearTimeout(timer);
    timer = setTimeout(() => {
      running = running.then(save);
    }, PAUSE_MILLISECONDS);
  });

  // A button sends the marks, too; it waits for what is under way, so that nothing meets itself.
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    if (!isRunning) {
      return;
    }
    event.preventDefault();
    running.then(() => form.requestSubmit(event.submitter));
  });
}

function usePhrase(row) {
  const phrases = row.querySelector("select[name$='-phrase']");
  const reason = row.querySelector("textarea");
  const target = row.querySelector("select[name$='-field']");
  phrases.addEventListener("change", () => {
    const { text, target: about } = phrases.selectedOptions[0].dataset;
    if (!text) {
      return;
    }
    reason.value = [reason.value.trim(), text].filter(Boolean).join("\n");
    if (!target.value) {
      target.value = about;
    }
    phrases.value = "";
    reason.focus();
  });
}

document.querySelectorAll("form[data-form-check]").forEach((form) => {
  if (form.dataset.formCheck) {
    keepMarks(form);
  }
  form.querySelectorAll("[data-correction-row]").forEach(usePhrase);
});
