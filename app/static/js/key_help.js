// The list of keys (キー操作の一覧), in a dialog of the browser: Esc closes it, and the focus goes back by itself.

const EVERYWHERE = [
  ["/", "検索へ移動"],
  ["g h", "ホームへ"],
  ["g t", "仕分けの一覧へ"],
  ["Esc", "入力欄から出る（キー操作に戻る）"],
  ["?", "この一覧"],
];

function line(key, words) {
  const row = document.createElement("div");
  const name = document.createElement("dt");
  const does = document.createElement("dd");
  const letter = document.createElement("kbd");
  letter.textContent = key;
  name.append(letter);
  does.textContent = words;
  row.append(name, does);
  return row;
}

function ofPage() {
  return Array.from(document.querySelectorAll("[data-keys] [data-key]")).map((entry) => [
    entry.dataset.key,
    entry.textContent.trim().slice(entry.dataset.key.length).trim(),
  ]);
}

export function openHelp() {
  const dialog = document.querySelector("[data-key-dialog]");
  const lines = dialog?.querySelector("[data-key-lines]");
  if (!lines) {
    return false;
  }
  const known = EVERYWHERE.filter(([key]) => {
    const letter = /^g (.)$/.exec(key)?.[1];
    return letter === undefined || document.querySelector(`[data-key-go="${letter}"]`) !== null;
  });
  lines.replaceChildren(...[...ofPage(), ...known].map(([key, words]) => line(key, words)));
  dialog.showModal();
  return true;
}

export function watchHelp() {
  document.querySelectorAll("[data-key-help]").forEach((button) => {
    button.addEventListener("click", openHelp);
  });
}
