// Moves the focus to the list of input errors (入力内容の誤り) when a form comes back with some,
// so that a screen reader starts there and not at the page head.

const summary = document.querySelector("[data-error-summary]");

if (summary !== null) {
  summary.focus();
}
