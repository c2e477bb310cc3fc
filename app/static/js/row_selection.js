// "Select all rows of this page" (この表をすべて選ぶ) for tables with row checkboxes.
//
//   <input type="checkbox" data-select-all="case" hidden>   every checkbox with name="case"
//   <output data-selected-count="case"></output>            「3件を選択中」

function rowsOf(name) {
  return Array.from(document.querySelectorAll(`input[type="checkbox"][name="${CSS.escape(name)}"]`));
}

function refreshSelection(master, name) {
  const rows = rowsOf(name);
  const chosen = rows.filter((row) => row.checked).length;
  master.checked = rows.length > 0 && chosen === rows.length;
  master.indeterminate = chosen > 0 && chosen < rows.length;
  document.querySelectorAll(`[data-selected-count="${CSS.escape(name)}"]`).forEach((output) => {
    output.textContent = `${chosen}件を選択中`;
  });
}

document.querySelectorAll("[data-select-all]").forEach((master) => {
  const name = master.dataset.selectAll;
  master.hidden = false;
  master.addEventListener("change", () => {
    rowsOf(name).forEach((row) => {
      row.checked = master.checked;
    });
    refreshSelection(master, name);
  });
  rowsOf(name).forEach((row) => row.addEventListener("change", () => refreshSelection(master, name)));
  refreshSelection(master, name);
});
