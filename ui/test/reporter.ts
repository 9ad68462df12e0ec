/** Ends every run with a plain line that counts what passed and failed. */
import type { Reporter, TestModule } from 'vitest/node';

export default class CountReporter implements Reporter {
  onTestRunEnd(modules: ReadonlyArray<TestModule>, errors: ReadonlyArray<unknown>): void {
    let passed = 0;
    let failed = errors.length;
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const state = test.result().state;
        if (state === 'passed') passed += 1;
        if (state === 'failed') failed += 1;
      }
      if (module.state() === 'failed' && module.errors().length > 0) failed += 1;
    }
    console.log(`${passed} passed, ${failed} failed`);
  }
}
