// Chosen files (選んだファイル): names and sizes against the limits, before anything is sent.
// The server checks again and decides; this saves the wait for an upload that would be refused.
//
//   <form data-file-limit="bytes" data-total-left="bytes" data-count-left="number">
//     <input type="file"> … <div data-chosen-files role="status"></div>
//
// Without data-total-left and data-count-left (one file takes the place of another) only the file limit counts.

const KB = 1024;
const MB = KB * KB;

function sizeWords(bytes) {
  if (bytes < KB) {
    return `${bytes}バイト`;
  }
  return bytes < MB ? `${Math.ceil(bytes / KB)}KB` : `${(Math.ceil((bytes * 10) / MB) / 10).toFixed(1)}MB`;
}

function limitOf(form, name) {
  return name in form.dataset ? Number(form.dataset[name]) : Number.POSITIVE_INFINITY;
}

function problemsOf(form, files) {
  const found = [];
  const fileLimit = limitOf(form, "fileLimit");
  const totalLeft = limitOf(form, "totalLeft");
  const countLeft = limitOf(form, "countLeft");
  for (const file of files) {
    if (file.size === 0) {
      found.push(`「${file.name}」は空です。選び直してください。`);
    } else if (file.size > fileLimit) {
      found.push(`「${file.name}」は大きすぎます（${sizeWords(file.size)}。1ファイル${sizeWords(fileLimit)}まで）。`);
    }
  }
  const total = files.reduce((sum, file) => sum + file.size, 0);
  if (total > totalLeft) {
    found.push(`合計が大きすぎます（${sizeWords(total)}。残りは${sizeWords(totalLeft)}）。`);
  }
  if (files.length > countLeft) {
    found.push(`ファイルが多すぎます（${files.length}ファイル。残りは${countLeft}ファイル）。`);
  }
  return found;
}

function listOf(texts) {
  const list = document.createElement("ul");
  for (const text of texts) {
    const item = document.createElement("li");
    item.textContent = text;
    list.append(item);
  }
  return list;
}

function show(output, form, files) {
  const total = files.reduce((sum, file) => sum + file.size, 0);
  const head = document.createElement("p");
  head.textContent = `選んだファイル　${files.length}ファイル、合計${sizeWords(total)}`;
  const parts = [head, listOf(files.map((file) => `${file.name}　${sizeWords(file.size)}`))];
  const problems = problemsOf(form, files);
  for (const problem of problems) {
    const words = document.createElement("p");
    words.className = "field-error";
    words.textContent = `＊${problem}`;
    parts.push(words);
  }
  output.replaceChildren(...(files.length > 0 ? parts : []));
  return problems;
}

document.querySelectorAll("form[data-file-limit]").forEach((form) => {
  const input = form.querySelector('input[type="file"]');
  const output = form.querySelector("[data-chosen-files]");
  input.addEventListener("change", () => show(output, form, Array.from(input.files)));
  form.addEventListener("submit", (event) => {
    if (show(output, form, Array.from(input.files)).length > 0) {
      event.preventDefault();
      input.focus();
    }
  });
});
