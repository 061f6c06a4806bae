'use strict';
// Loaded with --require before anything else, and plain JavaScript, because an older Node cannot even load a .ts file.
const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  process.stderr.write(
    `This needs Node 24 or newer and is run by Node ${process.versions.node}. ` +
      'npm scripts bring their own Node 24 (the package "node"): install with "npm ci", without --ignore-scripts.\n',
  );
  process.exit(1);
}
