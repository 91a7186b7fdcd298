import { ansible } from './languages/ansible.ts';
import { batsTests } from './tests/batsTests.ts';
import { behaveTests } from './tests/behaveTests.ts';
import { clojure, clojureTests } from './languages/clojure.ts';
import { ada } from './languages/ada.ts';
import { cppTests } from './tests/cppTests.ts';
import { cppTestXml } from './tests/cppTestXml.ts';
import { crystal } from './languages/crystal.ts';
import { ctestResults } from './tests/ctestResults.ts';
import { dart } from './languages/dart.ts';
import { debuggers } from './languages/debuggers.ts';
import { diagnostics } from './diagnostics/diagnostics.ts';
import { doctests } from './tests/doctests.ts';
import { dlang } from './languages/dlang.ts';
import { dotnet } from './languages/dotnet.ts';
import { dotnetTestHost } from './tests/dotnetTestHost.ts';
import { dotnetTests } from './tests/dotnetTests.ts';
import { elixir, elixirTests } from './languages/elixir.ts';
import { erlang } from './languages/erlang.ts';
import { fish } from './languages/fish.ts';
import { fortran } from './languages/fortran.ts';
import { glog } from './languages/glog.ts';
import { go } from './languages/go.ts';
import { goBare } from './languages/goBare.ts';
import { goChi } from './languages/goChi.ts';
import { goGin } from './languages/goGin.ts';
import { goRace } from './languages/goRace.ts';
import { goRun } from './languages/goRun.ts';
import { goTests } from './tests/goTests.ts';
import { erlangTests } from './tests/erlangTests.ts';
import type { Grammar } from './grammar.ts';
import { haskell } from './languages/haskell.ts';
import { java } from './languages/java.ts';
import { javaReports } from './languages/javaReports.ts';
import { javascript } from './languages/javascript.ts';
import { javascriptTests } from './tests/javascriptTests.ts';
import { jsonReports } from './tests/jsonReports.ts';
import { julia } from './languages/julia.ts';
import { julXml } from './languages/julXml.ts';
import { junitXml } from './tests/junitXml.ts';
import { kernel } from './languages/kernel.ts';
import { lua } from './languages/lua.ts';
import { luaTests } from './tests/luaTests.ts';
import { miette } from './languages/miette.ts';
import { native } from './languages/native.ts';
import { caughtSignals, debugMode, numberedStacks } from './languages/nativeStacks.ts';
import { nim } from './languages/nim.ts';
import { npm } from './languages/npm.ts';
import { ocaml } from './languages/ocaml.ts';
import { perl } from './languages/perl.ts';
import { pascal } from './languages/pascal.ts';
import { php, phpStack } from './languages/php.ts';
import { phpConsole } from './languages/phpConsole.ts';
import { phpTests } from './tests/phpTests.ts';
import { powershell } from './languages/powershell.ts';
import { psql } from './languages/psql.ts';
import { python } from './languages/python.ts';
import { pythonBare } from './languages/pythonBare.ts';
import { pythonFault } from './languages/pythonFault.ts';
import { pythonNotebook } from './languages/pythonNotebook.ts';
import { pythonRich } from './languages/pythonRich.ts';
import { pythonTests } from './tests/pythonTests.ts';
import { r } from './languages/r.ts';
import { robotTests } from './tests/robotTests.ts';
import { ruby, rubyStack } from './languages/ruby.ts';
import { rubyFrameworks } from './languages/rubyFrameworks.ts';
import { rubyTests } from './tests/rubyTests.ts';
import { rust } from './languages/rust.ts';
import { rustTests } from './tests/rustTests.ts';
import { sanitizers } from './languages/sanitizers.ts';
import { sbt } from './languages/sbt.ts';
import { scalaTests } from './tests/scalaTests.ts';
import { springFailure } from './languages/springFailure.ts';
import { shell } from './languages/shell.ts';
import { swift } from './languages/swift.ts';
import { swiftTests } from './tests/swiftTests.ts';
import { tapTests } from './tests/tapTests.ts';
import { tcl } from './languages/tcl.ts';
import { teamcity } from './tests/teamcity.ts';
import { terraform } from './languages/terraform.ts';
import { v8Death } from './languages/v8Death.ts';
import { testUnit } from './tests/testUnit.ts';
import { tslog } from './languages/tslog.ts';
import { valgrind } from './languages/valgrind.ts';
import { xunitTests } from './tests/xunitTests.ts';
import { wordpress } from './languages/wordpress.ts';
import { zig } from './languages/zig.ts';

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
