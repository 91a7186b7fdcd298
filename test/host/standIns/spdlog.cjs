// Stands in for @vscode/spdlog, which would have to be compiled: without it log files stay empty.
const fs = require('node:fs');
const path = require('node:path');

const names = ['trace', 'debug', 'info', 'warning', 'error', 'critical'];

class Logger {
  constructor(_type, _name, file) {
    this.file = file;
    this.level = 0;
  }
  put(level, message) {
    if (level < this.level || !this.file) return;
    const line = `${new Date().toISOString()} [${names[level]}] ${message}\n`;
    try {
      fs.appendFileSync(this.file, this.plain ? message : line);
    } catch {
      this.file = undefined; // the folder is gone: the server is ending
    }
  }
  trace(message) {
    this.put(0, message);
  }
  debug(message) {
    this.put(1, message);
  }
  info(message) {
    this.put(2, message);
  }
  warn(message) {
    this.put(3, message);
  }
  error(message) {
    this.put(4, message);
  }
  critical(message) {
    this.put(5, message);
  }
  getLevel() {
    return this.level;
  }
  setLevel(level) {
    this.level = level;
  }
  setPattern() {}
  clearFormatters() {
    this.plain = true;
  }
  flush() {}
  drop() {
    this.file = undefined;
  }
}

async function create(_name, file) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.appendFileSync(file, '');
  return new Logger('', '', file);
}

exports.version = 0;
exports.setLevel = () => {};
exports.setFlushOn = () => {};
exports.Logger = Logger;
exports.createRotatingLogger = create;
exports.createAsyncRotatingLogger = create;
