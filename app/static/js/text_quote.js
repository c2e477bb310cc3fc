// Takes the words selected in the proposal text over into a field (選んだ文を根拠に加える).
//
//   <div data-quote-source>…</div>
//   <button type="button" data-quote-target="field-id" hidden>選んだ文を写す</button>
//
// Without the script the officer copies and pastes the words.

function selectedWords() {
  const selection = window.getSelection();
  const source = document.querySelector("[data-quote-source]");
  if (selection === null || source === null || selection.rangeCount === 0) {
    return "";
  }
  return source.contains(selection.getRangeAt(0).commonAncestorContainer) ? selection.toString().trim() : "";
}

document.querySelectorAll("[data-quote-target]").forEach((button) => {
  const field = document.getElementById(button.dataset.quoteTarget);
  // Some browsers drop the selection when the button is pressed.
  button.addEventListener("mousedown", (event) => event.preventDefault());
  button.addEventListener("click", () => {
    const words = selectedWords();
    if (field !== null && words !== "") {
      field.value = words;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
    field?.focus();
  });
  button.hidden = false;
});
