/** One trace each, with other numbers every time. */
export const numberedTraces: Readonly<Record<string, (n: number) => string>> = {
  javascript: (n) =>
    `2026-03-02T10:11:12.${100 + n}Z ERROR [worker-${n % 10}] shop.api: order ${1000 + n} failed\nTypeError: no price of ${1000 + n}\n    at priceOf (/srv/app/cart.js:${10 + n}:12)\n    at node:internal/x:1:2\n`,
  python: (n) =>
    `Traceback (most recent call last):\n  File "/srv/app/cart.py", line ${10 + n}, in price_of\n    return PRICES[${n}]\nKeyError: 'sku-${1000 + n}'\n`,
  java: (n) =>
    `02-Mar-2026 10:11:12.${100 + n} SEVERE [exec-${n}] com.acme.Shop.pay lost\ncom.acme.Lost: order ${1000 + n}\n\tat com.acme.Shop.pay(Shop.java:${10 + n})\nCaused by: java.io.IOException: disk ${n}\n\t... 9 more\n`,
  go: (n) =>
    `panic: lost ${1000 + n}\n\ngoroutine ${n} [running]:\nmain.pay(0xc0000${10 + n}, 0x${n})\n\t/srv/app/pay.go:${10 + n} +0x1d\nexit status 2\n`,
  rust: (n) =>
    `thread 'main' (${1000 + n}) panicked at src/lib.rs:${10 + n}:5:\nlost ${n}\nnote: run with \`RUST_BACKTRACE=1\` environment variable to display a backtrace\n`,
  php: (n) =>
    `[02-Mar-2026 10:11:${10 + (n % 50)} UTC] PHP Fatal error:  Uncaught LogicException: lost ${n} in /srv/app/pay.php:${10 + n}\nStack trace:\n#0 /srv/app/index.php(${n}): pay(${n})\n#1 {main}\n  thrown in /srv/app/pay.php on line ${10 + n}\n`,
  native: (n) =>
    `==${1000 + n}==ERROR: AddressSanitizer: heap-use-after-free on address 0x6020000000${10 + n} at pc 0x55\nREAD of size ${n % 9}\n    #0 0x55${10 + n} in pay /srv/app/pay.c:${10 + n}\nSUMMARY: AddressSanitizer: heap-use-after-free /srv/app/pay.c:${10 + n} in pay\n==${1000 + n}==ABORTING\n`,
  syslog: (n) =>
    `Mar  2 10:11:${10 + (n % 50)} host shop[${1000 + n}]: ERROR: order ${n} lost\n<${10 + n}>1 2026-03-02T10:11:12Z host shop ${n} - - order ${n} lost\n`,
  logfmt: (n) => `time=2026-03-02T10:11:12Z level=error msg="order ${n} lost" took=${n}ms\n`,
  records: (n) => `{"level":${n % 7}0,"time":17724462${10_000 + n},"msg":"order ${n} lost"}\n`,
  dates: (n) => `2026-${10 + (n % 9)}-${20 + (n % 20)}T${10 + (n % 20)}:11:12.000Z ERROR lost\n`,
  sizes: (n) => `picture ${n}x12 of 9x${n} error: none\nERROR 0x${n} is no ${n}x${n}\n`,
};
