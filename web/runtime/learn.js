// What Python cannot say under the policy: import(). The editor is fetched when somebody wants to change code.

globalThis.loadEditor = () => import("{{editor}}");
