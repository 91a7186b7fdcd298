import { diagnostics } from './diagnostics.ts';
import { crystal } from './crystal.ts';
import { dart } from './dart.ts';
import { dotnet } from './dotnet.ts';
import { erlang } from './erlang.ts';
import { elixir, elixirTests } from './elixir.ts';
import { go, goRace } from './go.ts';
import type { Grammar } from './grammar.ts';
import { haskell } from './haskell.ts';
import { java, javaReports } from './java.ts';
import { javascript } from './javascript.ts';
import { julia } from './julia.ts';
import { lua } from './lua.ts';
import { goTests } from './goTests.ts';
import { javascriptTests } from './javascriptTests.ts';
import { pythonTests } from './pythonTests.ts';
import { pythonRich } from './pythonRich.ts';
import { rustTests } from './rustTests.ts';
import { junitXml } from './junitXml.ts';
import { native } from './native.ts';
import { nim } from './nim.ts';
import { ocaml } from './ocaml.ts';
import { perl } from './perl.ts';
import { php } from './php.ts';
import { powershell } from './powershell.ts';
import { python } from './python.ts';
import { r } from './r.ts';
import { ruby, rubyTests } from './ruby.ts';
import { rust } from './rust.ts';
import { sanitizers } from './sanitizers.ts';
import { shell } from './shell.ts';
import { swift } from './swift.ts';
import { tcl } from './tcl.ts';
import { terraform } from './terraform.ts';
import { valgrind } from './valgrind.ts';
import { zig } from './zig.ts';

/** In the order they are asked; the first that takes a line keeps the block. */
export const grammars: readonly Grammar[] = [
  junitXml(() => grammars),
  rubyTests,
  elixirTests,
  javaReports,
  javascriptTests,
  pythonTests,
  goTests,
  rustTests,
  python,
  pythonRich,
  rust,
  go,
  goRace,
  zig,
  sanitizers,
  valgrind,
  native,
  php,
  crystal,
  ruby,
  elixir,
  erlang,
  lua,
  java,
  powershell,
  dotnet,
  dart,
  julia,
  ocaml,
  nim,
  terraform,
  tcl,
  perl,
  shell,
  swift,
  diagnostics,
  javascript,
  r,
  haskell,
];
