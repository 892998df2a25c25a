// What the build makes the editor of: CodeMirror's parts, for Python to put together.

export { basicSetup } from "codemirror";
export { python } from "@codemirror/lang-python";
export { HighlightStyle, indentUnit, syntaxHighlighting } from "@codemirror/language";
export { EditorView, keymap } from "@codemirror/view";
export { tags } from "@lezer/highlight";
