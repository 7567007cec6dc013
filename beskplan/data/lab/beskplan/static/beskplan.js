// Our part of JupyterLab in the browser, as it runs: nothing is compiled, no package is fetched.
//
//   Launcher            "Nyt Bilag"
//   Notebook toolbar    "Vis siden" (the page beside the notebook), "Gem som HTML", "Gem som PDF", "Regler"
//   Params, mappings    above the text: what is wrong with the file as it is saved
//
// JupyterLab loads this as a module federation container (`init`, then `get`). The classes and
// tokens of JupyterLab come from its own share scope, so that they are the very same objects.
(() => {
  "use strict";
  const FOLDER = "notebooks/";
  const NEW_BILAG = "beskplan:nyt-bilag";
  const SHOW_PAGE = "beskplan:vis-siden";
  const PICTURE =
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="16">' +
    '<g class="jp-icon3" fill="#616161"><path d="M5 2h9l5 5v15H5zm2 2v16h10V8h-4V4z"/>' +
    '<path d="M8.5 17v-4h1.7v4zm3 0v-7h1.7v7zm3 0v-2.5h1.7V17z"/></g></svg>';
  // What a new Bilag is asked for: name, label, example.
  const QUESTIONS = [
    ["titel", "Overskrift", "Virksomhedsbesøg"],
    ["navn", "Filnavn (a-z, 0-9, _)", "laves af overskriften"],
    ["kommune", "Kommune", "Furesø"],
    ["aar", "Planens år", "2026"],
    ["maal", "Hvad der tælles", "virksomhedsbesoeg"],
    ["ydelse", "Ydelse", "hvis tallene har en"],
  ];

  // The panel of a cell's properties, whose texts JupyterLab translates in no language.
  const PROPERTIES = {
    "Common Tools": "Cellen",
    "Advanced Tools": "Metadata",
    Editable: "Kan rettes",
    "Read-Only": "Kan ikke rettes",
    Deletable: "Kan slettes",
    "Not deletable": "Kan ikke slettes",
    "Slide Type": "Slags dias",
    Slide: "Dias",
    "Sub-Slide": "Underdias",
    Fragment: "Del af dias",
    Skip: "Udelades",
    Notes: "Noter",
    "Raw NBConvert Format": "Format for rå tekst",
    "Table of content - Base number": "Indholdets første nummer",
    "Cell Tags": "Mærker",
    "Cell metadata": "Cellens metadata",
    "Notebook metadata": "Notebookens metadata",
  };

  // Set once, when JupyterLab asks for the plugin and when it starts it.
  let scope, apputils, fileeditor, launcher, notebook, services, ui, widgets, icon;
  let app, tracker;

  async function load(name) {
    const [version] = Object.values(scope[name]);
    return (await version.get())();
  }

  function request(address, options = {}) {
    const settings = app.serviceManager.serverSettings;
    const url = `${settings.baseUrl}${address}`;
    return services.ServerConnection.makeRequest(url, options, settings);
  }

  // What the server answers at one of our addresses; its problems where it refuses.
  async function ask(address, body) {
    const options = body ? { method: "POST", body: JSON.stringify(body) } : {};
    const answer = await request(`beskplan/${address}`, options);
    const found = await answer.json();
    if (!answer.ok) throw new Error(found.message);
    return found;
  }

  // The name of the Bilag that a notebook's window shows; empty for any other notebook.
  function bilagOf(panel) {
    const path = panel ? panel.context.path : "";
    const file = path.startsWith(FOLDER) ? path.slice(FOLDER.length) : "";
    return file.endsWith(".ipynb") && !file.includes("/") ? file.slice(0, -6) : "";
  }

  // Problems are laid out in lines: where, what, found, expected, fix.
  function tell(title, text) {
    const node = document.createElement("div");
    const lines = document.createElement("pre");
    lines.textContent = text;
    lines.style.whiteSpace = "pre-wrap";
    node.append(lines);
    const body = new widgets.Widget({ node });
    const buttons = [apputils.Dialog.okButton({ label: "Luk" })];
    return apputils.showDialog({ title, body, buttons });
  }

  // --- a new Bilag -------------------------------------------------------------------------

  // A form of labelled lines; the dialog hands over what was typed, by name, and begins with what was.
  // What can be chosen for a line is offered as it is typed.
  function form(questions, given, choices) {
    const node = document.createElement("div");
    for (const [name, text, placeholder] of questions) {
      const label = document.createElement("label");
      const input = Object.assign(document.createElement("input"), { name, placeholder });
      input.value = given[name] ?? "";
      input.className = "jp-mod-styled";
      Object.assign(label.style, {
        display: "grid",
        gridTemplateColumns: "12em 1fr",
        alignItems: "center",
        marginBottom: "8px",
      });
      label.append(text, input);
      node.append(label);
      if (!choices[name]) continue;
      const offered = Object.assign(document.createElement("datalist"), { id: `beskplan-${name}` });
      const values = Object.entries(choices[name]);
      offered.append(...values.map(([value, text]) => new Option(text, value)));
      input.setAttribute("list", offered.id);
      node.append(offered);
    }
    const body = new widgets.Widget({ node });
    const inputs = [...node.querySelectorAll("input")];
    body.getValue = () => Object.fromEntries(inputs.map((one) => [one.name, one.value]));
    return body;
  }

  // What was refused is asked for again, as it was typed.
  async function makeBilag(given = {}) {
    const choices = await ask("bilag");
    const asked = await apputils.showDialog({
      title: "Nyt Bilag",
      body: form(QUESTIONS, given, choices),
      focusNodeSelector: "input",
      buttons: [
        apputils.Dialog.cancelButton({ label: "Fortryd" }),
        apputils.Dialog.okButton({ label: "Lav bilaget" }),
      ],
    });
    if (!asked.button.accept) return;
    try {
      const { path } = await ask("bilag", asked.value);
      await app.commands.execute("docmanager:open", { path });
    } catch (error) {
      await tell("Bilaget blev ikke lavet", error.message);
      await makeBilag(asked.value);
    }
  }

  // --- the page beside the notebook ----------------------------------------------------------

  function showPage(panel) {
    const bilag = bilagOf(panel);
    if (!bilag) return;
    const id = `beskplan-side-${bilag}`;
    if (![...app.shell.widgets("main")].some((widget) => widget.id === id)) {
      const beside = new apputils.MainAreaWidget({ content: pageFrame(bilag) });
      beside.id = id;
      Object.assign(beside.title, { label: `Siden: ${bilag}`, icon, closable: true });
      app.shell.add(beside, "main", { ref: panel.id, mode: "split-right", activate: false });
    } else {
      // It may lie behind another; whoever writes stays in the notebook.
      app.shell.activateById(id);
    }
    app.shell.activateById(panel.id);
  }

  function pageFrame(bilag) {
    const frame = new ui.IFrame();
    // The frame is ours and asks the server for news; the page inside it is the sandboxed one.
    frame.node.querySelector("iframe").removeAttribute("sandbox");
    frame.url = `${app.serviceManager.serverSettings.baseUrl}beskplan/preview/${bilag}/`;
    return frame;
  }

  // --- the page as a file --------------------------------------------------------------------

  // The server runs the saved notebook itself: no cell need be run before.
  async function saveAs(panel, ending, button) {
    const [text, bilag] = [button.textContent, bilagOf(panel)];
    Object.assign(button, { disabled: true, textContent: `Laver ${ending.toUpperCase()} ...` });
    try {
      await panel.context.save();
      const answer = await request(`nbconvert/beskplan-${ending}/${FOLDER}${bilag}.ipynb`);
      if (!answer.ok) throw new Error(await answer.text());
      const link = document.createElement("a");
      link.href = URL.createObjectURL(await answer.blob());
      link.download = `${bilag}.${ending}`;
      link.click();
      URL.revokeObjectURL(link.href);
    } catch (error) {
      await tell("Siden kunne ikke laves", error.message);
    } finally {
      Object.assign(button, { disabled: false, textContent: text });
    }
  }

  function saveButton(panel, ending) {
    const kind = ending.toUpperCase();
    const button = toolbarButton(`Gem som ${kind}`, () => saveAs(panel, ending, button.node));
    button.node.title = `Gem notebooken, og hent siden som ${kind}; alt, der mangler, bliver kørt først`;
    return button;
  }

  // --- params and mappings -------------------------------------------------------------------

  // Above the text of a file that beskplan reads: what is wrong with it, as it is saved.
  function tellSaved(editor) {
    const node = document.createElement("pre");
    node.setAttribute("role", "status");
    const looks = { margin: "0", padding: "4px 12px", overflow: "auto", whiteSpace: "pre-wrap" };
    Object.assign(node.style, looks, { lineHeight: "1.5" });
    async function look() {
      const { known, problems } = await ask(`saved/${encodeURI(editor.context.path)}`);
      if (!known) return;
      node.textContent = problems.join("\n\n") || "Filen er i orden, som den er gemt.";
      node.style.color = problems.length ? "var(--jp-error-color1)" : "";
      // The window's layout gives it no more than the least height it asks for.
      const rows = node.textContent.split("\n").map((line) => Math.ceil((line.length + 1) / 100));
      const count = rows.reduce((sum, one) => sum + one, 0);
      node.style.minHeight = `calc(${Math.min(count, 14) * 1.5}em + 10px)`;
      if (!node.isConnected) editor.contentHeader.addWidget(new widgets.Widget({ node }));
      editor.contentHeader.fit();
    }
    editor.context.saveState.connect((_, state) => {
      if (state === "completed") void look();
    });
    void editor.context.ready.then(look);
  }

  // --- the toolbar of a notebook ---------------------------------------------------------------

  function toolbarButton(text, onclick) {
    const node = Object.assign(document.createElement("button"), { onclick, textContent: text });
    node.className = "jp-ToolbarButtonComponent jp-mod-minimal";
    Object.assign(node.style, { padding: "0 8px", whiteSpace: "nowrap" });
    return new widgets.Widget({ node });
  }

  function addButtons(panel) {
    if (!bilagOf(panel)) return;
    const page = toolbarButton("Vis siden", () => showPage(panel));
    page.node.title = "Siden ved siden af notebooken; den laves igen, hver gang der gemmes";
    // First, so that they stay when the window is too narrow for all.
    panel.toolbar.insertItem(1, "beskplan-side", page);
    panel.toolbar.insertItem(2, "beskplan-html", saveButton(panel, "html"));
    panel.toolbar.insertItem(3, "beskplan-pdf", saveButton(panel, "pdf"));
    panel.toolbar.insertItem(4, "beskplan-regler", rulesButton(panel));
  }

  // Says how many rules the saved notebook breaks, and at a click which ones.
  function rulesButton(panel) {
    let problems = [];
    const button = toolbarButton("Regler", () =>
      tell(
        `Regler for notebooks: ${bilagOf(panel)}`,
        problems.join("\n\n") || "Notebooken følger reglerne, som den er gemt."
      )
    );
    async function look() {
      ({ problems } = await ask(`rules/${bilagOf(panel)}`));
      const count = problems.length;
      button.node.textContent = count ? `Regler: ${count} brudt` : "Regler: i orden";
      button.node.style.color = count ? "var(--jp-error-color1)" : "";
    }
    panel.context.saveState.connect((_, state) => {
      if (state === "completed") void look();
    });
    void panel.context.ready.then(look);
    return button;
  }

  // --- the panel of properties -------------------------------------------------------------------

  function translateProperties() {
    const panel = document.getElementById("jp-property-inspector");
    function look() {
      const texts = document.createTreeWalker(panel, NodeFilter.SHOW_TEXT);
      while (texts.nextNode()) {
        const danish = PROPERTIES[texts.currentNode.nodeValue.trim()];
        if (danish) texts.currentNode.nodeValue = danish;
      }
      const tag = panel.querySelector('input[placeholder="Add Tag"]');
      if (tag) tag.placeholder = "Nyt mærke";
    }
    if (!panel) return;
    new MutationObserver(look).observe(panel, { childList: true, subtree: true, characterData: true });
    look();
  }

  // --- the plugin --------------------------------------------------------------------------------

  function activate(jupyterlab, notebooks, palette, launch, editors) {
    [app, tracker] = [jupyterlab, notebooks];
    app.commands.addCommand(NEW_BILAG, {
      label: "Nyt Bilag",
      caption: "Lav en notebook til et bilag, som følger reglerne",
      icon,
      execute: makeBilag,
    });
    app.commands.addCommand(SHOW_PAGE, {
      label: "Vis siden ved siden af notebooken",
      icon,
      isEnabled: () => Boolean(bilagOf(tracker.currentWidget)),
      execute: () => showPage(tracker.currentWidget),
    });
    for (const command of [NEW_BILAG, SHOW_PAGE]) palette.addItem({ command, category: "beskplan" });
    // Among the notebooks, and first: a card there shows the picture at this address.
    const kernelIconUrl = `data:image/svg+xml,${encodeURIComponent(PICTURE)}`;
    launch.add({ command: NEW_BILAG, category: "Notebook", rank: -1, kernelIconUrl });
    tracker.widgetAdded.connect((_, panel) => addButtons(panel));
    tracker.forEach(addButtons);
    // "Run all" leaves the last cell in view: what failed is what a person must see. The cells below it
    // are told as failed too, though they only were not run: they have no name of an error.
    notebook.NotebookActions.executed.connect((_, { notebook: cells, cell, error }) => {
      if (!error?.errorName) return;
      cells.activeCellIndex = cells.widgets.indexOf(cell);
      void cells.scrollToCell(cell, "center");
    });
    void app.restored.then(translateProperties);
    editors.widgetAdded.connect((_, editor) => tellSaved(editor));
    editors.forEach(tellSaved);
  }

  async function makePlugin() {
    [apputils, fileeditor, launcher, notebook, services, ui, widgets] = await Promise.all(
      [
        "@jupyterlab/apputils",
        "@jupyterlab/fileeditor",
        "@jupyterlab/launcher",
        "@jupyterlab/notebook",
        "@jupyterlab/services",
        "@jupyterlab/ui-components",
        "@lumino/widgets",
      ].map(load)
    );
    icon = new ui.LabIcon({ name: "beskplan:bilag", svgstr: PICTURE });
    return {
      id: "beskplan:plugin",
      description: "New Bilag, page beside the notebook, notebook rules.",
      autoStart: true,
      requires: [
        notebook.INotebookTracker,
        apputils.ICommandPalette,
        launcher.ILauncher,
        fileeditor.IEditorTracker,
      ],
      activate,
    };
  }

  window._JUPYTERLAB = window._JUPYTERLAB || {};
  window._JUPYTERLAB.beskplan = {
    init: (shareScope) => {
      scope = shareScope;
    },
    get: async () => {
      const plugin = await makePlugin();
      return () => ({ __esModule: true, default: plugin });
    },
  };
})();
