import { ansible } from './ansible.ts';
import { batsTests } from './batsTests.ts';
import { behaveTests } from './behaveTests.ts';
import { clojure, clojureTests } from './clojure.ts';
import { ada } from './ada.ts';
import { cppTests } from './cppTests.ts';
import { cppTestXml } from './cppTestXml.ts';
import { crystal } from './crystal.ts';
import { ctestResults } from './ctestResults.ts';
import { dart } from './dart.ts';
import { debuggers } from './debuggers.ts';
import { diagnostics } from './diagnostics.ts';
import { doctests } from './doctests.ts';
import { dlang } from './dlang.ts';
import { dotnet } from './dotnet.ts';
import { dotnetTestHost } from './dotnetTestHost.ts';
import { dotnetTests } from './dotnetTests.ts';
import { elixir, elixirTests } from './elixir.ts';
import { erlang } from './erlang.ts';
import { fish } from './fish.ts';
import { fortran } from './fortran.ts';
import { glog } from './glog.ts';
import { go } from './go.ts';
import { goBare } from './goBare.ts';
import { goChi } from './goChi.ts';
import { goGin } from './goGin.ts';
import { goRace } from './goRace.ts';
import { goRun } from './goRun.ts';
import { goTests } from './goTests.ts';
import { erlangTests } from './erlangTests.ts';
import type { Grammar } from './grammar.ts';
import { haskell } from './haskell.ts';
import { java } from './java.ts';
import { javaReports } from './javaReports.ts';
import { javascript } from './javascript.ts';
import { javascriptTests } from './javascriptTests.ts';
import { jsonReports } from './jsonReports.ts';
import { julia } from './julia.ts';
import { julXml } from './julXml.ts';
import { junitXml } from './junitXml.ts';
import { kernel } from './kernel.ts';
import { lua } from './lua.ts';
import { luaTests } from './luaTests.ts';
import { miette } from './miette.ts';
import { native } from './native.ts';
import { caughtSignals, debugMode, numberedStacks } from './nativeStacks.ts';
import { nim } from './nim.ts';
import { npm } from './npm.ts';
import { ocaml } from './ocaml.ts';
import { perl } from './perl.ts';
import { pascal } from './pascal.ts';
import { php, phpStack } from './php.ts';
import { phpConsole } from './phpConsole.ts';
import { phpTests } from './phpTests.ts';
import { powershell } from './powershell.ts';
import { psql } from './psql.ts';
import { python } from './python.ts';
import { pythonBare } from './pythonBare.ts';
import { pythonFault } from './pythonFault.ts';
import { pythonNotebook } from './pythonNotebook.ts';
import { pythonRich } from './pythonRich.ts';
import { pythonTests } from './pythonTests.ts';
import { r } from './r.ts';
import { robotTests } from './robotTests.ts';
import { ruby, rubyStack } from './ruby.ts';
import { rubyFrameworks } from './rubyFrameworks.ts';
import { rubyTests } from './rubyTests.ts';
import { rust } from './rust.ts';
import { rustTests } from './rustTests.ts';
import { sanitizers } from './sanitizers.ts';
import { sbt } from './sbt.ts';
import { scalaTests } from './scalaTests.ts';
import { springFailure } from './springFailure.ts';
import { shell } from './shell.ts';
import { swift } from './swift.ts';
import { swiftTests } from './swiftTests.ts';
import { tapTests } from './tapTests.ts';
import { tcl } from './tcl.ts';
import { teamcity } from './teamcity.ts';
import { terraform } from './terraform.ts';
import { v8Death } from './v8Death.ts';
import { testUnit } from './testUnit.ts';
import { tslog } from './tslog.ts';
import { valgrind } from './valgrind.ts';
import { xunitTests } from './xunitTests.ts';
import { wordpress } from './wordpress.ts';
import { zig } from './zig.ts';

/** In the order they are asked; the first that takes a line keeps the block. */
export const grammars: readonly Grammar[] = [
  junitXml(() => grammars),
  teamcity(() => grammars),
  erlangTests,
  julXml,
  sbt,
  scalaTests,
  clojureTests,
  rubyTests,
  testUnit,
  elixirTests,
  javaReports,
  jsonReports,
  javascriptTests,
  luaTests,
  tapTests,
  psql,
  ansible,
  pythonTests,
  behaveTests,
  doctests,
  phpTests,
  goTests,
  rustTests,
  cppTests,
  cppTestXml,
  ctestResults,
  swiftTests,
  robotTests,
  xunitTests,
  dotnetTestHost,
  dotnetTests,
  batsTests,
  npm,
  kernel,
  v8Death,
  pythonNotebook,
  pythonBare,
  python,
  pythonRich,
  pythonFault,
  miette,
  rust,
  go,
  goChi,
  goGin,
  goBare,
  goRace,
  goRun,
  zig,
  sanitizers,
  valgrind,
  glog,
  fortran,
  ada,
  pascal,
  dlang,
  native,
  debuggers,
  caughtSignals,
  numberedStacks,
  debugMode,
  wordpress,
  php,
  phpStack,
  phpConsole,
  crystal,
  rubyFrameworks,
  ruby,
  rubyStack,
  elixir,
  erlang,
  lua,
  clojure,
  springFailure,
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
  fish,
  shell,
  swift,
  diagnostics,
  tslog,
  javascript,
  r,
  haskell,
];
