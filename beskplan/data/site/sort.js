"use strict";
(() => {
  const danish = new Intl.Collator("da");
  // What is printed is what is sorted by; a word, such as fortroligt, is no number and stands last.
  const number = text => {
    const found = /^[+-]?\d+(?:\.\d+)?/.exec(text.replaceAll(".", "").replace(",", "."));
    return found ? Number(found[0]) : NaN;
  };
  const text = (row, place) => row.cells[place].textContent.trim();
  const compare = (one, other, place) => {
    if (place === 0) return danish.compare(text(one, 0), text(other, 0));
    const [a, b] = [one, other].map(row => number(text(row, place)));
    return a - b;
  };
  const known = (row, place) => place === 0 || !Number.isNaN(number(text(row, place)));
  for (const table of document.querySelectorAll(".matrix table")) {
    const body = table.tBodies[0], heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, place) => {
      const button = Object.assign(document.createElement("button"), {type: "button"});
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const falls = head.getAttribute("aria-sort") === "ascending";
        const rows = [...body.rows], shown = rows.filter(row => known(row, place));
        shown.sort((one, other) => (falls ? -1 : 1) * compare(one, other, place));
        body.append(...shown, ...rows.filter(row => !known(row, place)));
        heads.forEach(other => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", falls ? "descending" : "ascending");
      });
    });
    heads[0].setAttribute("aria-sort", "ascending");
  }
  document.getElementById("sorter").hidden = false;
})();
