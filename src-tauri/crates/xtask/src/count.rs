//! How many tests passed and failed, read from what the runners print.

/// Counts of one or several runners.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    /// Tests that passed at their second try, by name.
    pub(crate) second_tries: Vec<String>,
}

impl Count {
    /// Adds another runner's counts.
    pub(crate) fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.second_tries.extend(other.second_tries);
    }

    /// Tells whether any test ran.
    pub(crate) fn is_empty(&self) -> bool {
        self.passed + self.failed == 0
    }

    /// Reads nextest's `Summary` line and its `FLAKY` lines.
    pub(crate) fn of_nextest(output: &str) -> Self {
        let summary = output.lines().rfind(|line| line.trim_start().starts_with("Summary ["));
        let summary = summary.and_then(|line| line.split_once("run:")).map_or("", |(_, rest)| rest);
        let number = |word: &str| number_before(summary, word);
        let mut second_tries: Vec<String> = output
            .lines()
            .filter(|line| line.trim_start().starts_with("FLAKY "))
            .filter_map(|line| line.split_once(']').map(|(_, name)| name.trim().to_owned()))
            .collect();
        second_tries.sort();
        second_tries.dedup();
        let failed = number("failed") + number("timed out") + number("exec failed");
        Self { passed: number("passed"), failed, second_tries }
    }

    /// Adds up `test result: ok. 3 passed; 0 failed; …` lines of doctests.
    pub(crate) fn of_doctests(output: &str) -> Self {
        let mut count = Self::default();
        for line in output.lines().filter(|line| line.starts_with("test result:")) {
            count.passed += number_before(line, "passed");
            count.failed += number_before(line, "failed");
        }
        count
    }

    /// Reads the last line of the form `3 passed, 0 failed`, and `second try: NAME` lines.
    pub(crate) fn of_plain_line(output: &str) -> Self {
        let is_count =
            |line: &&str| line.contains(" passed, ") && line.trim_end().ends_with(" failed");
        let line = output.lines().rfind(is_count).unwrap_or("");
        let second_tries = output
            .lines()
            .filter_map(|line| line.strip_prefix("second try: "))
            .map(str::to_owned)
            .collect();
        Self {
            passed: number_before(line, "passed"),
            failed: number_before(line, "failed"),
            second_tries,
        }
    }
}

/// Returns the number that stands before the first occurrence of a word, or 0.
fn number_before(text: &str, word: &str) -> u64 {
    let words: Vec<&str> =
        text.split([' ', ',', ';', '(', ')']).filter(|word| !word.is_empty()).collect();
    let wanted: Vec<&str> = word.split(' ').collect();
    words
        .windows(wanted.len() + 1)
        .find_map(|window| {
            let (number, rest) = window.split_first()?;
            (rest == wanted.as_slice()).then(|| number.parse().ok()).flatten()
        })
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::Count;

    #[test]
    fn nextest_is_counted_with_its_second_tries() {
        let output = "\
   FLAKY 2/2 [   0.1s] posthorn-engine-tests::imap idle
────────────
     Summary [   9.916s] 21 tests run: 17 passed (1 slow, 1 flaky), 2 failed, 1 timed out, 1 exec failed, 3 skipped
   FLAKY 2/2 [   0.1s] posthorn-engine-tests::imap idle
        FAIL [   1.500s] ( 1/21) posthorn-testkit x";
        let wanted = Count {
            passed: 17,
            failed: 4,
            second_tries: vec!["posthorn-engine-tests::imap idle".to_owned()],
        };
        assert_eq!(Count::of_nextest(output), wanted);
        assert!(Count::of_nextest("error: no tests to run").is_empty());
    }

    #[test]
    fn doctests_and_plain_lines_are_counted() {
        let doctests = "test result: ok. 2 passed; 0 failed; 0 ignored\n\ntest result: FAILED. 1 passed; 3 failed; x";
        assert_eq!(
            Count::of_doctests(doctests),
            Count { passed: 3, failed: 3, second_tries: vec![] }
        );
        let plain = "second try: drop a file\n1 passed, 9 failed\n12 passed, 1 failed\n";
        let wanted = Count { passed: 12, failed: 1, second_tries: vec!["drop a file".to_owned()] };
        assert_eq!(Count::of_plain_line(plain), wanted);
    }
}
