// What the keys of a page do (キー操作): whatever a key does, a button, a link or a field of the page does as well.

const CLICKED = "a, button, summary";

function shown(element) {
  return element.getClientRects().length > 0;
}

// --- Rows of a list ---------------------------------------------------------------------------------

function openerOf(row) {
  return row.querySelector("td .button") ?? row.querySelector("th a, td a");
}

function moveRow(step) {
  const rows = Array.from(document.querySelectorAll("[data-key-rows] tbody tr")).filter(openerOf);
  if (rows.length === 0) {
    return false;
  }
  const now = rows.findIndex((row) => row.contains(document.activeElement));
  const wanted = now < 0 ? 0 : Math.min(Math.max(now + step, 0), rows.length - 1);
  openerOf(rows[wanted]).focus();
  return true;
}

function openRow() {
  const row = document.activeElement?.closest("[data-key-rows] tbody tr");
  const opener = row && openerOf(row);
  opener?.click();
  return Boolean(opener);
}

// --- The guide --------------------------------------------------------------------------------------

function questions() {
  return Array.from(document.querySelectorAll(".guide > li")).filter((row) => radios(row).length > 0);
}

function radios(row) {
  return Array.from(row.querySelectorAll('input[type="radio"]'));
}

function focusQuestion(row) {
  const choices = radios(row);
  (choices.find((choice) => choice.checked) ?? choices[0]).focus();
}

function nextQuestion() {
  const rows = questions();
  const open = rows.find((row) => !radios(row).some((choice) => choice.checked)) ?? rows[0];
  if (open === undefined) {
    return false;
  }
  focusQuestion(open);
  return true;
}

// The answer with this number, and on to the next question: ten keys answer the whole guide.
function answer(key) {
  const rows = questions();
  const place = rows.findIndex((row) => row.contains(document.activeElement));
  const choice = place < 0 ? undefined : radios(rows[place])[Number(key) - 1];
  if (choice === undefined) {
    return false;
  }
  choice.click();
  if (place + 1 < rows.length) {
    focusQuestion(rows[place + 1]);
  } else {
    choice.focus();
  }
  return true;
}

// --- Evidence ---------------------------------------------------------------------------------------

function quote() {
  const buttons = Array.from(document.querySelectorAll("[data-quote-target]"));
  const free = buttons.find((button) => document.getElementById(button.dataset.quoteTarget)?.value === "");
  (free ?? buttons.at(-1))?.click();
  return buttons.length > 0;
}

// --- Anything else: the first element of a selector -----------------------------------------------------

function reach(selector) {
  const element = Array.from(document.querySelectorAll(selector)).find(shown);
  if (element === undefined) {
    return false;
  }
  if (element.matches(CLICKED)) {
    element.click();
  } else {
    element.focus();
    element.scrollIntoView({ block: "nearest" });
  }
  return true;
}

const ACTIONS = {
  "row-next": () => moveRow(1),
  "row-previous": () => moveRow(-1),
  "row-open": openRow,
  "next-question": nextQuestion,
  answers: answer,
  quote,
};

// Whether the key had anything to do on this page.
export function act(target, key) {
  return Object.hasOwn(ACTIONS, target) ? ACTIONS[target](key) : reach(target);
}
