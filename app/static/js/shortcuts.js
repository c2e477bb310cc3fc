// "/" moves to the search field (検索). Never needed for anything, and can be turned off:
// single-key shortcuts get in the way of voice input (WCAG 2.1.4).

const STORAGE_KEY = "shortcuts";

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
  return target instanceof HTMLElement
    && (target.isContentEditable || target.closest("input, textarea, select") !== null);
}

function watchSlash(isOn) {
  document.addEventListener("keydown", (event) => {
    const isPlainSlash = event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey;
    const search = document.querySelector("[data-search-field]");
    if (!isPlainSlash || event.isComposing || !isOn() || isTyping(event.target) || search === null) {
      return;
    }
    event.preventDefault();
    search.focus();
    search.select();
  });
}

function showSwitch(button, getState, setState) {
  const refresh = () => {
    button.textContent = getState() ? "「/」キーを使わない" : "「/」キーで検索へ移る";
    document.querySelectorAll("[data-shortcut-hint]").forEach((hint) => {
      hint.hidden = !getState();
    });
  };
  button.addEventListener("click", () => {
    setState(!getState());
    refresh();
  });
  button.hidden = false;
  refresh();
}

let shortcutsOn = areShortcutsOn();
const setShortcuts = (isOn) => {
  shortcutsOn = isOn;
  remember(isOn);
};

watchSlash(() => shortcutsOn);
document.querySelectorAll("[data-shortcut-switch]").forEach((button) => {
  showSwitch(button, () => shortcutsOn, setShortcuts);
});
