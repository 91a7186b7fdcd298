import { batsTests } from './batsTests.ts';
import { cppTests } from './cppTests.ts';
import { ctestResults } from './ctestResults.ts';
import { diagnostics } from './diagnostics.ts';
import { dart } from './dart.ts';
import { dotnet } from './dotnet.ts';
import { erlang } from './erlang.ts';
import { elixir, elixirTests } from './elixir.ts';
import { go, goRace } from './go.ts';
import type { Grammar } from './grammar.ts';
import { java, javaReports } from './java.ts';
import { javascript } from './javascript.ts';
import { lua } from './lua.ts';
import { jsonReports } from './jsonReports.ts';
import { goTests } from './goTests.ts';
import { javascriptTests } from './javascriptTests.ts';
import { pythonTests } from './pythonTests.ts';
import { pythonRich } from './pythonRich.ts';
import { robotTests } from './robotTests.ts';
import { rustTests } from './rustTests.ts';
import { junitXml } from './junitXml.ts';
import { native } from './native.ts';
import { perl } from './perl.ts';
import { php } from './php.ts';
import { python } from './python.ts';
import { ruby, rubyTests } from './ruby.ts';
import { rust } from './rust.ts';
import { sanitizers } from './sanitizers.ts';
import { shell } from './shell.ts';
import { tapTests } from './tapTests.ts';
import { swift } from './swift.ts';
import { swiftTests } from './swiftTests.ts';
import { valgrind } from './valgrind.ts';

/** In the order they are asked; the first that takes a line keeps the block. */
export const grammars: readonly Grammar[] = [
  junitXml(() => grammars),
  rubyTests,
  elixirTests,
  javaReports,
  jsonReports,
  javascriptTests,
  tapTests,
  pythonTests,
  goTests,
  rustTests,
  cppTests,
  ctestResults,
  swiftTests,
  robotTests,
  batsTests,
  python,
  pythonRich,
  rust,
  go,
  goRace,
  sanitizers,
  valgrind,
  native,
  php,
  ruby,
  elixir,
  erlang,
  lua,
  java,
  dotnet,
  dart,
  perl,
  shell,
  swift,
  diagnostics,
  javascript,
];
