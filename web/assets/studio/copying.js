// The diagram as a file: BPMN as it is on the screen, and a picture of it.

export function startCopying(modeler, config) {
  download('as-bpmn', config.path, 'application/xml',
    async () => (await modeler.saveXML({ format: true })).xml);
  download('as-svg', config.path.replace(/\.bpmn$/, '.svg'), 'image/svg+xml',
    async () => (await modeler.saveSVG()).svg);
}

function download(id, name, type, content) {
  document.getElementById(id).addEventListener('click', async () => save(name, type, await content()));
}

export function save(name, type, content) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
