// Fields that are asked only after a certain answer (条件付きの項目): shown and hidden while answering.
// Without this script they are always there, with words that say when they are to be filled in.
//
//   <div data-shown-when="is_bunken_proposal" data-shown-value="yes" data-shown-label="分権提案管理番号">
//
// The rule is the server's: shown when the deciding field has that answer; while it has none, what holds something stays.
// A hidden field is still sent, so nothing typed is lost by changing an answer and changing it back.

const blocks = Array.from(document.querySelectorAll("[data-shown-when]"));

function controlsNamed(form, name) {
  return Array.from(form.elements).filter((control) => control.name === name);
}

function answerTo(form, name) {
  return controlsNamed(form, name)
    .filter((control) => !["radio", "checkbox"].includes(control.type) || control.checked)
    .map((control) => control.value)
    .join("");
}

function holdsSomething(block) {
  return Array.from(block.querySelectorAll("input, select, textarea")).some((control) =>
    ["radio", "checkbox"].includes(control.type) ? control.checked : control.value.trim() !== "",
  );
}

function isShown(block, form) {
  const deciding = controlsNamed(form, block.dataset.shownWhen)[0];
  if (deciding !== undefined && deciding.closest("[data-shown-when][hidden]") !== null) {
    return false;
  }
  const answer = answerTo(form, block.dataset.shownWhen);
  return answer === "" ? holdsSomething(block) : answer === block.dataset.shownValue;
}

function isAimedAt(block) {
  const target = document.getElementById(decodeURIComponent(window.location.hash.slice(1)));
  return target !== null && block.contains(target);
}

function refresh(form, status) {
  const said = [];
  // In the order of the form: a block may decide about one that follows.
  blocks.filter((block) => block.closest("form") === form).forEach((block) => {
    const wasHidden = block.hidden;
    block.hidden = !isShown(block, form) && !isAimedAt(block);
    if (wasHidden !== block.hidden) {
      said.push(`「${block.dataset.shownLabel}」の入力欄を${block.hidden ? "隠しました" : "表示しました"}。`);
    }
  });
  if (said.length > 0) {
    status.textContent = said.join("");
  }
}

function prepare(form) {
  const status = document.createElement("p");
  status.className = "visually-hidden";
  status.setAttribute("role", "status");
  form.append(status);
  refresh(form, document.createElement("p"));
  form.addEventListener("change", () => refresh(form, status));
  window.addEventListener("hashchange", () => refresh(form, status));
}

new Set(blocks.map((block) => block.closest("form"))).forEach((form) => {
  if (form !== null) {
    prepare(form);
  }
});
