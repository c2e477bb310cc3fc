// Merge of two texts (変更の統合): whoever rewrites a text has chosen it. Without the script one marks the choice.
//
//   <input type="radio" id="choice-title-edit"> … <textarea data-merge-choice="choice-title-edit">

document.querySelectorAll("[data-merge-choice]").forEach((field) => {
  field.addEventListener("input", () => {
    const choice = document.getElementById(field.dataset.mergeChoice);
    if (choice !== null) {
      choice.checked = true;
    }
  });
});
