'use strict';
// Lambda looks for a handler's module as .js, .mjs and .cjs; MiniStack 1.5.33 asks `require.resolve`, which knows no .cjs.
require.extensions['.cjs'] = require.extensions['.js'];
