/* The quickstart: from answers to the config that `init config` writes for them. The data (quickstart-data.js) was made by `init config`. */
"use strict";

/* The config for a choice. choice: {lang, components: [...], hardware, optimize, pretraining}. */
function quickstartConfig(data, choice) {
  const setting = `${choice.hardware}-${choice.optimize}-${choice.pretraining ? "pretraining" : "plain"}`;
  const chosen = data.components.filter((name) => choice.components.includes(name));
  const shared = chosen.some((name) => data.shared[setting].includes(name));
  const upstream = choice.hardware === "gpu" ? "transformer" : "tok2vec";
  const pipeline = shared ? [upstream, ...chosen] : chosen;
  const weights = data.weights[chosen.reduce((bits, name) => bits | (1 << data.components.indexOf(name)), 0)];
  const { lines, patches } = inLanguage(data, choice.lang, setting);
  const kept = [];
  let section = "";
  let keep = true;
  for (const line of lines) {
    if (line.startsWith("[")) {
      section = line;
      const component = /^\[components\.([^.\]]+)/.exec(line);
      keep = !component || pipeline.includes(component[1]);
      if (section === "[training.score_weights]") {
        kept.push(line, ...weights.map((i) => data.lines[i]), "");
        continue;
      }
    }
    if (!keep || section === "[training.score_weights]") continue;
    const patch = patches.find(([where, old]) => where === section && old === line);
    if (section === "[nlp]" && line.startsWith("pipeline = ")) {
      kept.push(`pipeline = [${pipeline.map((name) => JSON.stringify(name)).join(", ")}]`);
    } else {
      kept.push(patch ? patch[2] : line);
    }
  }
  return kept.join("\n");
}

/* The lines of a language's config with all components, or those of the first language and what to change in them. */
function inLanguage(data, lang, setting) {
  const found = (data.patches[lang] || {})[setting] || [];
  return typeof found[0] === "string" ? { lines: found, patches: [] } : { lines: data.configs[setting], patches: found };
}

/* The command that writes the same config. */
function quickstartCommand(choice) {
  const words = ["spacy_lite init config config.cfg", `--lang ${choice.lang}`, `--pipeline ${choice.components.join(",")}`];
  if (choice.optimize !== "efficiency") words.push(`--optimize ${choice.optimize}`);
  if (choice.hardware === "gpu") words.push("--gpu");
  if (choice.pretraining) words.push("--pretraining");
  return words.join(" ");
}

function startQuickstart(form, data) {
  const shown = document.getElementById("quickstart-config");
  const command = document.getElementById("quickstart-command");
  const said = document.getElementById("quickstart-said");
  for (const [code, name] of Object.entries(data.languages)) form.lang.add(new Option(`${name} (${code})`, code));
  form.lang.value = "en";
  const choice = () => ({
    lang: form.lang.value,
    components: [...form.querySelectorAll("input[name=component]:checked")].map((box) => box.value),
    hardware: form.hardware.value,
    optimize: form.optimize.value,
    pretraining: form.pretraining.checked,
  });
  const update = () => {
    const chosen = choice();
    const none = chosen.components.length === 0;
    shown.textContent = none ? "Choose at least one component." : quickstartConfig(data, chosen);
    command.textContent = none ? "" : quickstartCommand(chosen);
    form.copy.disabled = form.download.disabled = none;
    said.textContent = "";
  };
  form.addEventListener("change", update);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.copy.addEventListener("click", async () => {
    said.textContent = (await copyText(shown)) ? "Copied." : "Selected: press Ctrl+C to copy.";
  });
  form.download.addEventListener("click", () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([shown.textContent], { type: "text/plain" }));
    link.download = "config.cfg";
    link.click();
    URL.revokeObjectURL(link.href);
    said.textContent = "Saved as config.cfg.";
  });
  update();
}

/* Browsers give pages of the file system no clipboard: then the text is selected, for the reader to copy. */
async function copyText(element) {
  try {
    await navigator.clipboard.writeText(element.textContent);
    return true;
  } catch {
    getSelection().selectAllChildren(element);
    return document.execCommand("copy");
  }
}

const quickstartForm = document.getElementById("quickstart");
if (quickstartForm) startQuickstart(quickstartForm, window.QUICKSTART);
