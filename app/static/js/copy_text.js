// Copies a text (コピーする) of a read-only field, where the browser lets a script do so.

document.querySelectorAll("[data-copy]").forEach((button) => {
  const field = document.getElementById(button.dataset.copy);
  const said = document.getElementById(`${button.dataset.copy}-copied`);
  if (!field || !navigator.clipboard) return;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(field.value);
      said.textContent = "コピーしました。";
    } catch {
      field.select();
      said.textContent = "コピーできませんでした。選んだ文字を、Ctrl+C でコピーしてください。";
    }
  });
  button.hidden = false;
});
