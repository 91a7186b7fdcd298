// Stands in for native-watchdog, which would have to be compiled: ends this process when its parent is gone.
exports.start = (pid) => {
  const check = () => {
    try {
      process.kill(pid, 0);
    } catch {
      process.exit(87);
    }
  };
  setInterval(check, 2000).unref();
};
exports.exit = (code) => process.exit(code || 0);
