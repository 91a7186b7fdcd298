import assert from 'node:assert/strict';
import { eventsIn, summaries } from '../support/readLines.ts';

describe('valgrind grammar', () => {
  it('reads an invalid access by its first stack', () => {
    assert.deepEqual(
      summaries(`==4512== Memcheck, a memory error detector
==4512== 
==4512== Invalid read of size 4
==4512==    at 0x10918D: front (list.c:31)
==4512==    by 0x1091C3: main (main.c:9)
==4512==  Address 0x4a91040 is 0 bytes inside a block of size 16 free'd
==4512==    at 0x484B27F: free (vg_replace_malloc.c:872)
==4512==    by 0x109180: clear (list.c:22)
==4512== 
==4512== ERROR SUMMARY: 1 errors from 1 contexts (suppressed: 0 from 0)`),
      ['error Valgrind: Invalid read of size 4 @ front list.c:31'],
    );
  });

  it('reads a leak where it was allocated', () => {
    assert.deepEqual(
      summaries(`==9== 40 bytes in 1 blocks are definitely lost in loss record 1 of 1
==9==    at 0x4848899: malloc (vg_replace_malloc.c:381)
==9==    by 0x109161: Cart::add(int) (cart.cpp:12)
==9== `),
      ['error Valgrind: 40 bytes in 1 blocks are definitely lost @ Cart::add cart.cpp:12'],
    );
  });

  it('finds nothing in a clean run', () => {
    assert.deepEqual(
      eventsIn(`==4512== HEAP SUMMARY:
==4512==     in use at exit: 0 bytes in 0 blocks
==4512== ERROR SUMMARY: 0 errors from 0 contexts (suppressed: 0 from 0)`),
      [],
    );
  });
});

describe('valgrind on threads', () => {
  it('reads locks in a wrong order, which helgrind places below an empty line, and what drd finds', () => {
    const text = `==12== Thread #1: lock order "0x10E0E0 before 0x10E108" violated
==12== 
==12== Observed (incorrect) order is: acquisition of lock at 0x10E108
==12==    at 0x1092E2: take() (bins.cpp:25)
==12==    by 0x1093BA: main (bins.cpp:30)
==12== 
==12== Thread #1 unlocked a not-locked lock at 0x10E0E0
==12==    at 0x109414: main (bins.cpp:33)
==12== 
==12== Conflicting load by thread 3 at 0x0010e130 size 4
==12==    at 0x109D61: Bin::add(int) (bins.cpp:13)
==12== 
==12== Thread #1 is the program's root thread
==12== 
`;
    assert.deepEqual(summaries(text), [
      'error Valgrind: Thread #1: lock order "0x10E0E0 before 0x10E108" violated @ take bins.cpp:25',
      'error Valgrind: Thread #1 unlocked a not-locked lock at 0x10E0E0 @ main bins.cpp:33',
      'error Valgrind: Conflicting load by thread 3 at 0x0010e130 size 4 @ Bin::add bins.cpp:13',
    ]);
  });
});
