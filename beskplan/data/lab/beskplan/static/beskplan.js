// Our part of JupyterLab in the browser, as it runs: nothing is compiled, no package is fetched.
//
//   Launcher            "Nyt Bilag"
//   Notebook toolbar    "Vis siden" (the page beside the notebook) and "Regler"
//
// JupyterLab loads this as a module federation container (`init`, then `get`). The classes and
// tokens of JupyterLab come from its own share scope, so that they are the very same objects.
(() => {
  "use strict";
  const FOLDER = "notebooks/";
  let scope;

  async function shared(name) {
    const [version] = Object.values(scope[name]);
    return (await version.get())();
  }

  async function makePlugin() {
    const [apputils, launcher, notebook, services, ui, widgets] = await Promise.all(
      [
        "@jupyterlab/apputils",
        "@jupyterlab/launcher",
        "@jupyterlab/notebook",
        "@jupyterlab/services",
        "@jupyterlab/ui-components",
        "@lumino/widgets",
      ].map(shared)
    );
    const svgstr =
      '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="16">' +
      '<g class="jp-icon3" fill="#616161"><path d="M5 2h9l5 5v15H5zm2 2v16h10V8h-4V4z"/>' +
      '<path d="M8.5 17v-4h1.7v4zm3 0v-7h1.7v7zm3 0v-2.5h1.7V17z"/></g></svg>';
    const icon = new ui.LabIcon({ name: "beskplan:bilag", svgstr });

    // The name of the Bilag whose notebook lies at a path; empty for any other file.
    function bilagAt(path) {
      const file = path.startsWith(FOLDER) ? path.slice(FOLDER.length) : "";
      return file.endsWith(".ipynb") && !file.includes("/") ? file.slice(0, -6) : "";
    }

    function activate(app, tracker, palette, launch) {
      const settings = app.serviceManager.serverSettings;
      const { commands, shell } = app;

      async function ask(address, body) {
        const request = body ? { method: "POST", body: JSON.stringify(body) } : {};
        const url = `${settings.baseUrl}beskplan/${address}`;
        const answer = await services.ServerConnection.makeRequest(url, request, settings);
        const found = await answer.json();
        if (!answer.ok) throw new Error(found.message);
        return found;
      }

      // A form of labelled lines; the dialog hands over what was typed, by name.
      function form(lines) {
        const node = document.createElement("div");
        for (const [name, text, example] of lines) {
          const label = document.createElement("label");
          const input = Object.assign(document.createElement("input"), { name, placeholder: example });
          input.className = "jp-mod-styled";
          Object.assign(label.style, {
            display: "grid",
            gridTemplateColumns: "12em 1fr",
            alignItems: "center",
            marginBottom: "8px",
          });
          label.append(text, input);
          node.append(label);
        }
        const body = new widgets.Widget({ node });
        body.getValue = () =>
          Object.fromEntries([...node.querySelectorAll("input")].map((one) => [one.name, one.value]));
        return body;
      }

      async function makeBilag() {
        const asked = await apputils.showDialog({
          title: "Nyt Bilag",
          body: form([
            ["navn", "Filnavn (a-z, 0-9, _)", "virksomhedsbesoeg"],
            ["titel", "Overskrift", "Virksomhedsbesøg"],
            ["kommune", "Kommune", "Furesø"],
            ["aar", "Planens år", "2026"],
          ]),
          focusNodeSelector: "input",
          buttons: [
            apputils.Dialog.cancelButton({ label: "Fortryd" }),
            apputils.Dialog.okButton({ label: "Lav bilaget" }),
          ],
        });
        if (!asked.button.accept) return;
        try {
          const { path } = await ask("bilag", asked.value);
          await commands.execute("docmanager:open", { path });
        } catch (error) {
          await tell("Bilaget blev ikke lavet", error.message);
        }
      }

      function showPage(panel = tracker.currentWidget) {
        const bilag = panel && bilagAt(panel.context.path);
        if (!bilag) return;
        const id = `beskplan-side-${bilag}`;
        let beside = [...shell.widgets("main")].find((widget) => widget.id === id);
        if (!beside) {
          const frame = new ui.IFrame();
          // The frame is ours and asks the server for news; the page inside it is the sandboxed one.
          frame.node.querySelector("iframe").removeAttribute("sandbox");
          frame.url = `${settings.baseUrl}beskplan/preview/${bilag}/`;
          beside = new apputils.MainAreaWidget({ content: frame });
          beside.id = id;
          beside.title.label = `Siden: ${bilag}`;
          beside.title.icon = icon;
          beside.title.closable = true;
          shell.add(beside, "main", { ref: panel.id, mode: "split-right" });
        }
        shell.activateById(id);
      }

      // Problems are laid out in lines: where, what, found, expected, fix.
      function tell(title, text) {
        const node = document.createElement("div");
        const lines = document.createElement("pre");
        lines.textContent = text;
        lines.style.whiteSpace = "pre-wrap";
        node.append(lines);
        return apputils.showDialog({
          title,
          body: new widgets.Widget({ node }),
          buttons: [apputils.Dialog.okButton({ label: "Luk" })],
        });
      }

      function toolbarButton(onclick) {
        const node = Object.assign(document.createElement("button"), { onclick });
        node.className = "jp-ToolbarButtonComponent jp-mod-minimal";
        Object.assign(node.style, { padding: "0 8px", whiteSpace: "nowrap" });
        return new widgets.Widget({ node });
      }

      function addButtons(panel) {
        const bilag = bilagAt(panel.context.path);
        if (!bilag) return;
        let problems = [];
        const page = toolbarButton(() => showPage(panel));
        page.node.textContent = "Vis siden";
        page.node.title = "Siden ved siden af notebooken; den laves igen, hver gang der gemmes";
        const rules = toolbarButton(() =>
          tell(
            `Regler for notebooks: ${bilag}`,
            problems.join("\n\n") || "Notebooken følger reglerne, som den er gemt."
          )
        );
        async function look() {
          ({ problems } = await ask(`rules/${bilag}`));
          const count = problems.length;
          rules.node.textContent = count ? `Regler: ${count} brudt` : "Regler: i orden";
          rules.node.style.color = count ? "var(--jp-error-color1)" : "";
        }
        // First, so that they stay when the window is too narrow for all.
        panel.toolbar.insertItem(1, "beskplan-side", page);
        panel.toolbar.insertItem(2, "beskplan-regler", rules);
        panel.context.saveState.connect((_, state) => {
          if (state === "completed") void look();
        });
        void panel.context.ready.then(look);
      }

      commands.addCommand("beskplan:nyt-bilag", {
        label: "Nyt Bilag",
        caption: "Lav en notebook til et bilag, som følger reglerne",
        icon,
        execute: makeBilag,
      });
      commands.addCommand("beskplan:vis-siden", {
        label: "Vis siden ved siden af notebooken",
        icon,
        isEnabled: () => Boolean(tracker.currentWidget && bilagAt(tracker.currentWidget.context.path)),
        execute: () => showPage(),
      });
      for (const command of ["beskplan:nyt-bilag", "beskplan:vis-siden"]) {
        palette.addItem({ command, category: "beskplan" });
      }
      // Among the notebooks, and first: a card there shows the picture at this address.
      const kernelIconUrl = `data:image/svg+xml,${encodeURIComponent(svgstr)}`;
      launch.add({ command: "beskplan:nyt-bilag", category: "Notebook", rank: -1, kernelIconUrl });
      tracker.widgetAdded.connect((_, panel) => addButtons(panel));
      tracker.forEach(addButtons);
    }

    return {
      id: "beskplan:plugin",
      description: "New Bilag, page beside the notebook, notebook rules.",
      autoStart: true,
      requires: [notebook.INotebookTracker, apputils.ICommandPalette, launcher.ILauncher],
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
