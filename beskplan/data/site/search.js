"use strict";
(() => {
  const byId = id => document.getElementById(id);
  const {stages, bilag, reports} = JSON.parse(byId("data").textContent);
  const SHOWN = 25;
  // "Ærø", "aeroe" and "ÆRØ" are one word; accents do not count.
  const fold = text => text.toLowerCase().replaceAll("æ", "ae").replaceAll("ø", "oe")
    .replaceAll("å", "aa").normalize("NFD").replace(/[\u0300-\u036f]/g, "");
  const rows = reports.map(([job, title, place, stage, data, files]) => {
    const [aar, , name] = job.split("/");
    // Of an edition, status-2026K3, the title says when.
    const [kind, edition] = name.split("-"), whom = edition ? place : `${place}, ${aar}`;
    return {job, title, whom, stage, data, files, aar, kind, text: fold(`${title} ${place} ${aar}`)};
  });
  const [word, year, kind, stage] = ["ord", "aar", "bilag", "status"].map(byId);
  const offer = (select, options) => select.append(...options.map(
    ([value, text]) => Object.assign(document.createElement("option"), {value, textContent: text})));
  offer(year, [...new Set(rows.map(row => row.aar))].sort().reverse().map(aar => [aar, aar]));
  offer(kind, bilag);
  offer(stage, Object.entries(stages).filter(([one]) => rows.some(row => row.stage === one)));

  const element = (tag, text, values = {}, children = []) => {
    const made = Object.assign(document.createElement(tag), values);
    made.append(...(text ? [text] : []), ...children);
    return made;
  };
  const item = row => element("li", "", {}, [
    element("a", `${row.title}, ${row.whom}`,
      {className: "navn", href: `${row.job}/index.html`}), " ",
    element("span", stages[row.stage], {className: `maerke ${row.stage}`}),
    element("p", `${row.data}.`, {className: "om"}),
    element("p", "", {className: "filer"}, row.files.flatMap(([format, path]) => [
      element("a", format, {href: path}, [
        element("span", ` af ${row.title}, ${row.whom}`, {className: "skjult"})]), " "])),
  ]);
  let all = false;
  const show = () => {
    const words = fold(word.value).split(/\s+/).filter(Boolean);
    const asked = words.length || year.value || kind.value || stage.value;
    const found = asked ? rows.filter(row => (!year.value || row.aar === year.value)
      && (!kind.value || row.kind === kind.value) && (!stage.value || row.stage === stage.value)
      && words.every(one => row.text.includes(one))) : [];
    const count = new Intl.NumberFormat("da").format(found.length);
    byId("antal").textContent = !asked ? "" : found.length === 0 ? "Ingen rapporter fundet."
      : `${count} ${found.length === 1 ? "rapport" : "rapporter"} fundet.`;
    byId("fundne").replaceChildren(...found.slice(0, all ? undefined : SHOWN).map(item));
    byId("flere").hidden = all || found.length <= SHOWN;
    byId("vis-alle").textContent = `Vis alle ${count}`;
  };
  const ask = () => { all = false; show(); };
  byId("felter").addEventListener("input", ask);
  byId("felter").addEventListener("submit", event => event.preventDefault());
  byId("vis-alle").addEventListener("click", () => {
    all = true;
    show();
    byId("fundne").children[SHOWN].querySelector("a").focus();
  });
  byId("soeg").hidden = false;
  show();
})();
