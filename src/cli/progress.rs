//! How far a scan has come, shown on standard error. Counts only: no path, no value.

use std::io::{self, IsTerminal as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::options::When;
use super::terminal::tell;
pub use crate::scan::Progress;

/// How often a terminal is drawn anew.
const REDRAW: Duration = Duration::from_millis(200);
/// How often a log gets a line.
const LOG_EVERY: Duration = Duration::from_secs(5);
/// Estimates need something to go by.
const ESTIMATE_AFTER: Duration = Duration::from_secs(2);

/// The counters at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Snapshot {
    files_seen: u64,
    files_done: u64,
    bytes_done: u64,
    findings: u64,
    unread: u64,
    /// Files and bytes altogether, once known; no bytes where only the files were counted.
    totals: Option<(u64, u64)>,
}

impl Snapshot {
    fn of(progress: &Progress) -> Snapshot {
        let get = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let totals = (get(&progress.total_files), get(&progress.total_bytes));
        Snapshot {
            files_seen: get(&progress.files_seen),
            files_done: get(&progress.files_done),
            bytes_done: get(&progress.bytes_done),
            findings: get(&progress.findings),
            unread: get(&progress.unread),
            totals: progress.walk_finished.load(Ordering::Acquire).then_some(totals),
        }
    }
}

/// Shows the counters until it is ended or dropped.
#[derive(Debug, Default)]
pub struct ProgressDisplay {
    running: Option<(mpsc::Sender<()>, JoinHandle<()>)>,
}

impl ProgressDisplay {
    /// Begins to show `progress`: drawn on a terminal, a line now and then elsewhere, nothing if
    /// not wanted.
    #[must_use]
    pub fn start(progress: Arc<Progress>, choice: When) -> ProgressDisplay {
        let terminal = io::stderr().is_terminal();
        let draw: fn(&Progress, &mpsc::Receiver<()>) = match (choice, terminal) {
            (When::Never, _) | (When::Auto, false) => return ProgressDisplay::default(),
            (_, true) => draw_on_terminal,
            (When::Always, false) => write_lines,
        };
        let (stop, stopped) = mpsc::channel();
        let shown = std::thread::Builder::new()
            .name("progress".to_owned())
            .spawn(move || draw(&progress, &stopped));
        // A machine that has no thread left for it can do without being shown anything.
        ProgressDisplay { running: shown.ok().map(|thread| (stop, thread)) }
    }

    /// Ends the display and clears what it drew.
    pub fn end(mut self) {
        self.stop();
    }

    fn stop(&mut self) {
        if let Some((stop, thread)) = self.running.take() {
            drop(stop);
            let _ = thread.join();
        }
    }
}

impl Drop for ProgressDisplay {
    fn drop(&mut self) {
        self.stop();
    }
}

fn draw_on_terminal(progress: &Progress, stopped: &mpsc::Receiver<()>) {
    let begun = Instant::now();
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    if let Ok(style) = ProgressStyle::with_template("{spinner} {wide_msg}") {
        bar.set_style(style);
    }
    while goes_on(stopped, REDRAW) {
        bar.set_message(line(&Snapshot::of(progress), begun.elapsed()));
        bar.tick();
    }
    bar.finish_and_clear();
}

fn write_lines(progress: &Progress, stopped: &mpsc::Receiver<()>) {
    let begun = Instant::now();
    while goes_on(stopped, LOG_EVERY) {
        tell(&line(&Snapshot::of(progress), begun.elapsed()));
    }
    tell(&line(&Snapshot::of(progress), begun.elapsed()));
}

/// Waits; is there more to show after that?
fn goes_on(stopped: &mpsc::Receiver<()>, pause: Duration) -> bool {
    stopped.recv_timeout(pause) == Err(RecvTimeoutError::Timeout)
}

/// What is shown: files, bytes, rate, findings, unread, and the time left once it can be known.
fn line(now: &Snapshot, elapsed: Duration) -> String {
    let (files, bytes) = match now.totals {
        Some((files, bytes)) => (
            format!("{} of {} files", grouped(now.files_done), grouped(files)),
            match bytes {
                0 => size(now.bytes_done),
                _ => format!("{} of {}", size(now.bytes_done), size(bytes)),
            },
        ),
        None => (
            format!("{} of {} files so far", grouped(now.files_done), grouped(now.files_seen)),
            size(now.bytes_done),
        ),
    };
    let rate = size(per_second(now.bytes_done, elapsed));
    let found = grouped(now.findings);
    let mut line = format!("{files}, {bytes}, {rate}/s, {found} findings");
    if now.unread > 0 {
        line += &format!(", {} unread", grouped(now.unread));
    }
    if let Some(left) = time_left(now, elapsed) {
        line += &format!(", {} left", duration(left));
    }
    line
}

fn per_second(amount: u64, elapsed: Duration) -> u64 {
    let millis = elapsed.as_millis().max(1);
    u64::try_from(u128::from(amount) * 1000 / millis).unwrap_or(u64::MAX)
}

/// The time left at the rate so far: by bytes where it is known how many there are, for that is what
/// most of the time goes into; else by files.
fn time_left(now: &Snapshot, elapsed: Duration) -> Option<Duration> {
    let (done, total) = match now.totals? {
        (files, 0) => (now.files_done, files),
        (_, bytes) => (now.bytes_done, bytes),
    };
    let rate = per_second(done, elapsed);
    if elapsed < ESTIMATE_AFTER || rate == 0 {
        return None;
    }
    Some(Duration::from_secs(total.saturating_sub(done) / rate))
}

/// `12,345`, whatever the locale.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `999 B`, `1.2 kB`, `12 MB`: powers of 1000, as disks and network links are sold.
fn size(bytes: u64) -> String {
    let mut unit = 1_u64;
    let mut name = "B";
    for next in ["kB", "MB", "GB", "TB", "PB"] {
        if bytes / unit < 1000 {
            break;
        }
        unit *= 1000;
        name = next;
    }
    match bytes / unit {
        whole @ 0..10 if unit > 1 => format!("{whole}.{} {name}", bytes % unit * 10 / unit),
        whole => format!("{whole} {name}"),
    }
}

fn duration(left: Duration) -> String {
    match left.as_secs() {
        seconds @ 0..60 => format!("{seconds} s"),
        seconds @ 60..3600 => format!("{} min", seconds.div_ceil(60)),
        seconds => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_while_counting_and_after() {
        let progress = Progress::default();
        progress.files_seen.store(1500, Ordering::Relaxed);
        progress.files_done.store(1234, Ordering::Relaxed);
        progress.bytes_done.store(5_000_000, Ordering::Relaxed);
        progress.findings.store(7, Ordering::Relaxed);
        let ten = Duration::from_secs(10);
        assert_eq!(
            line(&Snapshot::of(&progress), ten),
            "1,234 of 1,500 files so far, 5.0 MB, 500 kB/s, 7 findings"
        );
        progress.total_files.store(2000, Ordering::Relaxed);
        progress.total_bytes.store(50_000_000, Ordering::Relaxed);
        progress.unread.store(2, Ordering::Relaxed);
        progress.walk_finished.store(true, Ordering::Release);
        assert_eq!(
            line(&Snapshot::of(&progress), ten),
            "1,234 of 2,000 files, 5.0 MB of 50 MB, 500 kB/s, 7 findings, 2 unread, 2 min left"
        );
    }

    #[test]
    fn nothing_is_estimated_from_nothing() {
        let start = Snapshot { totals: Some((10, 1000)), ..Snapshot::default() };
        assert_eq!(time_left(&start, Duration::from_secs(60)), None);
        let early = Snapshot { bytes_done: 10, ..start };
        assert_eq!(time_left(&early, Duration::from_secs(1)), None);
        assert!(time_left(&early, Duration::from_secs(2)).is_some());
        let over = Snapshot { bytes_done: 2000, ..start };
        assert_eq!(time_left(&over, Duration::from_secs(2)), Some(Duration::ZERO));
        assert_eq!(per_second(5, Duration::ZERO), 5000);
    }

    #[test]
    fn numbers_for_people() {
        let check = |shown: String, wanted: &str| assert_eq!(shown, wanted);
        check(grouped(0), "0");
        check(grouped(999), "999");
        check(grouped(1000), "1,000");
        check(grouped(1_234_567), "1,234,567");
        check(size(999), "999 B");
        check(size(1000), "1.0 kB");
        check(size(1_990), "1.9 kB");
        check(size(999_999), "999 kB");
        check(size(12_345_678_901), "12 GB");
        check(size(u64::MAX), "18446 PB");
        check(duration(Duration::from_secs(59)), "59 s");
        check(duration(Duration::from_secs(61)), "2 min");
        check(duration(Duration::from_secs(7_260)), "2 h 1 min");
    }

    #[test]
    fn a_display_that_is_not_wanted_runs_nothing() {
        let display = ProgressDisplay::start(Arc::default(), When::Never);
        assert!(display.running.is_none());
    }
}
