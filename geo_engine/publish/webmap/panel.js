/**
 * The panel's frame: head, tabs, and the sheet that it becomes on a phone.
 * @module
 */
import { make } from "./elements.js";

/**
 * Build the frame.
 * @param {HTMLElement} panel
 * @param {import("./types").PageData} data
 * @param {Array<{title: string, content: HTMLElement, fills?: boolean, seen?: () => void}>} views one that fills scrolls in itself; `seen` is called when it is chosen
 * @param {HTMLElement} theme the switch of light and dark
 * @returns {{show: (card: HTMLElement|null) => void, open: () => void, current: () => number}}
 */
export function buildPanel(panel, data, views, theme) {
  const handle = make("button", { type: "button", class: "sheet-handle", "aria-expanded": "false", "aria-controls": "panel-body", "aria-label": "Show or hide the results" });
  const body = make("div", { id: "panel-body" });
  const cardBox = make("section", { id: "card", class: "view", hidden: true, "aria-label": "Chosen area or place" });
  const tabs = make("div", { class: "tabs", role: "tablist", "aria-label": "Views" });
  const pages = views.map((view, index) => tabPage(view, index));
  tabs.append(...pages.map((page) => page.tab));
  body.append(tabs, ...pages.map((page) => page.page), cardBox);
  const seeAll = () => {
    select(pages.length - 1, true);
    setOpen(true);
  };
  panel.append(handle, head(data, seeAll, theme), body);

  const setOpen = (open) => {
    panel.classList.toggle("open", open);
    handle.setAttribute("aria-expanded", String(open));
  };
  handle.addEventListener("click", () => setOpen(!panel.classList.contains("open")));
  panel.querySelector(".head")?.addEventListener("click", () => setOpen(true));
  let current = 0;
  const select = (index, focus) => {
    current = index;
    pages.forEach(({ tab, page }, number) => {
      tab.setAttribute("aria-selected", String(number === index));
      tab.tabIndex = number === index ? 0 : -1;
      page.hidden = number !== index;
    });
    cardBox.hidden = true;
    body.scrollTop = 0;
    if (focus) {
      pages[index].tab.focus();
    }
  };
  pages.forEach(({ tab }, index) => {
    tab.addEventListener("click", () => {
      select(index, false);
      setOpen(true);
      views[index].seen?.();
    });
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (step) {
        event.preventDefault();
        select((index + step + pages.length) % pages.length, true);
      }
    });
  });
  select(0, false);
  return {
    open: () => setOpen(true),
    current: () => current,
    show(card) {
      if (card) {
        select(0, false);
      }
      cardBox.replaceChildren(...(card ? [card] : []));
      cardBox.hidden = card === null;
      pages[current].page.hidden = card !== null;
      body.scrollTop = 0;
      if (card) {
        setOpen(true);
      }
    },
  };
}

/** @param {{title: string, content: HTMLElement, fills?: boolean}} view @param {number} index */
function tabPage(view, index) {
  const tab = make("button", { type: "button", role: "tab", id: `tab-${index}`, "aria-controls": `view-${index}` }, view.title);
  const page = make("section", { class: view.fills ? "view fills" : "view", role: "tabpanel", id: `view-${index}`, "aria-labelledby": `tab-${index}`, tabindex: -1 }, view.content);
  return { tab, page };
}

function untestedNote(data, all) {
  const more = make("button", { type: "button", class: "row-button" }, "See all");
  more.addEventListener("click", (event) => {
    event.stopPropagation();
    all();
  });
  return make("p", { class: "untested" }, `${data.notTestedBriefly} `, data.notTestedBriefly !== data.notTested && more);
}

function head(data, all, theme) {
  const needs = data.facility.needs.map((need) => need.said).join(", ");
  return make(
    "header",
    { class: "head" },
    theme,
    make("p", { class: "kicker" }, `${data.noun.charAt(0).toUpperCase()}${data.noun.slice(1)} · ${data.region} · ${data.cell} cells`),
    make("h1", {}, data.title),
    data.summary && make("p", { class: "summary" }, data.summary),
    make("p", { class: "facility" }, make("strong", {}, data.facility.capacity), needs && `: ${needs}`),
    data.notTested && untestedNote(data, all),
  );
}
