// PyScript, told how to live under a content security policy without 'unsafe-eval'.

import { hooks } from "{{pyscript}}";

// PyScript turns the hooks of its workers into a Function, which the policy forbids. We start no worker of its
// kind. The import above is static, so that this line runs before PyScript looks at the hooks: it first waits
// for a plugin, which in turn waits for the module that we are evaluated together with.
hooks.worker.onBeforeRunAsync.clear();

// What Python raises at the top level reaches the interpreter's stderr as an Error; what it prints, as a string.
export function watch(fail) {
  hooks.main.onReady.add(({ io }) => {
    const write = io.stderr;
    io.stderr = (said, ...rest) => {
      if (said instanceof Error) fail(said.message);
      write(said, ...rest);
    };
  });
}
