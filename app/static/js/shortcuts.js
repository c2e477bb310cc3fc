// Keys (キー操作). Never needed for anything, and can be turned off: single-key shortcuts get in the way of voice input
// (WCAG 2.1.4). A page says in its list at the foot which keys it has (components/keys.html); these work everywhere:
// "/" search, "g h" home, "g t" the queue, "?" the list of keys.

import { act } from "./key_actions.js";
import { openHelp, watchHelp } from "./key_help.js";

const STORAGE_KEY = "shortcuts";
const SEQUENCE_MILLISECONDS = 1500; // between "g" and the letter after it
const NOT_TYPED_INTO = ["radio", "checkbox", "button", "submit", "reset", "file"];

function areShortcutsOn() {
  try {
    return window.localStorage.getItem(STORAGE_KEY) !== "off";
  } catch {
    return true;
  }
}

function remember(isOn) {
  try {
    window.localStorage.setItem(STORAGE_KEY, isOn ? "on" : "off");
  } catch {
    // Storage may be closed by policy; the choice then lasts for this page only.
  }
}

function isTyping(target) {
  if (!(target instanceof HTMLElement)) {
    return false;
  }
  const isBox = target instanceof HTMLInputElement && NOT_TYPED_INTO.includes(target.type);
  return target.isContentEditable || (!isBox && target.closest("input, textarea, select") !== null);
}

function searchField() {
  const search = document.querySelector("[data-search-field]");
  search?.focus();
  search?.select();
  return search !== null;
}

function go(letter) {
  const link = document.querySelector(`[data-key-go="${CSS.escape(letter)}"]`);
  link?.click();
  return link !== null;
}

function ofPage(key) {
  const entries = Array.from(document.querySelectorAll("[data-keys] [data-key]"));
  const answers = entries.find((entry) => entry.dataset.keyTarget === "answers");
  if (answers !== undefined && /^[1-9]$/.test(key)) {
    return act("answers", key);
  }
  const entry = entries.find(({ dataset }) => dataset.key === key);
  return entry !== undefined && act(entry.dataset.keyTarget, key);
}

let shortcutsOn = areShortcutsOn();
let wentAt = 0;

// Out of the field, back to the keys; on pages with keys of their own.
function leaveField(event) {
  const isField = isTyping(event.target) && document.querySelector("[data-keys]") !== null;
  if (event.key === "Escape" && shortcutsOn && isField && !event.isComposing) {
    event.target.blur();
  }
}

function press(event) {
  const isChord = event.ctrlKey || event.metaKey || event.altKey;
  const isElsewhere = isTyping(event.target) || document.querySelector("dialog[open]") !== null;
  if (!shortcutsOn || isChord || event.isComposing || event.repeat || isElsewhere) {
    return false;
  }
  const isAfterG = event.timeStamp - wentAt < SEQUENCE_MILLISECONDS && wentAt > 0;
  wentAt = 0;
  if (isAfterG && go(event.key)) {
    return true;
  }
  if (event.key === "g") {
    wentAt = event.timeStamp;
    return true;
  }
  if (event.key === "/") {
    return searchField();
  }
  return event.key === "?" ? openHelp() : ofPage(event.key);
}

// The list at the foot of a page has a switch of its own; without the list, the footer has it.
function refresh() {
  const hasList = shortcutsOn && document.querySelector("[data-keys]") !== null;
  document.querySelectorAll("[data-shortcut-switch]").forEach((button) => {
    button.textContent = shortcutsOn ? "キー操作を使わない" : "キー操作を使う";
    button.hidden = hasList && button.closest("[data-keys]") === null;
  });
  document.querySelectorAll("[data-shortcut-hint], [data-keys]").forEach((hint) => {
    hint.hidden = !shortcutsOn;
  });
}

document.addEventListener("keydown", (event) => {
  leaveField(event);
  if (press(event)) {
    event.preventDefault();
  }
});
document.querySelectorAll("[data-shortcut-switch]").forEach((button) => {
  button.addEventListener("click", () => {
    shortcutsOn = !shortcutsOn;
    remember(shortcutsOn);
    refresh();
    // The button may just have gone with its list: go on at the one that is there now.
    Array.from(document.querySelectorAll("[data-shortcut-switch]"))
      .find((other) => other.getClientRects().length > 0)
      ?.focus();
  });
});
watchHelp();
refresh();
