//! An inventory with a state is that of a full scan, whatever happened to the files in between.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::atomic::{AtomicBool, Ordering};

use proptest::prelude::*;

use super::*;
use crate::detect;
use crate::model::{Budget, Category, Confidence};
use crate::report::ndjson::Ndjson;
use crate::report::{Detail, Output, Showing, Values};
use crate::scan::{Plan, Progress};
use crate::source::Selection;
use crate::validate::date::Date;

/// Times of files are told in steps no longer than this.
const TICK: Duration = Duration::from_millis(12);

#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl io::Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn work_plan(least: Confidence) -> WorkPlan {
    WorkPlan {
        detection: detect::Options {
            categories: Category::ALL.to_vec(),
            min_confidence: least,
            reference: Date::new(2026, 12, 31).unwrap(),
            detail: detect::Detail::Full,
        },
        showing: Showing { values: Values::Masked, ..Showing::default() },
        rules: Arc::default(),
        detail: Detail::Full,
        jobs: 2,
        timeout: Duration::from_secs(60),
        budget: Budget::default(),
        state: None,
        databases: crate::source::database::Settings::default(),
        search: None,
    }
}

/// A folder to scan, and a state beside it.
struct Place {
    folder: tempfile::TempDir,
    least: Confidence,
}

impl Place {
    fn new() -> Place {
        Place { folder: tempfile::tempdir().unwrap(), least: Confidence::Low }
    }

    fn share(&self) -> std::path::PathBuf {
        self.folder.path().join("share")
    }

    fn state(&self) -> State {
        let (mut state, _) =
            State::open(&self.folder.path().join("state"), &work_plan(self.least)).unwrap();
        state.settled = TICK;
        state
    }

    /// The lines that hold no time of the run, and how many files were not read again.
    fn scan(&self, state: Option<State>, stop: bool) -> (Vec<String>, u64) {
        let out = Shared::default();
        let output: Output = Box::new(out.clone());
        let progress = Arc::new(Progress::default());
        let plan = Plan {
            sources: vec![Root::at(&self.share()).unwrap()],
            selection: Selection::default(),
            work: WorkPlan { state: state.map(Arc::new), ..work_plan(self.least) },
        };
        let stop = Arc::new(AtomicBool::new(stop));
        crate::scan::run(plan, Box::new(Ndjson::new(output)), &progress, &stop).unwrap();
        let text = String::from_utf8(out.0.lock().unwrap().clone()).unwrap();
        let timed = |line: &str| line.contains("\"type\":\"header\"");
        let plain = |line: &str| line.split(",\"finished\"").next().unwrap().to_owned();
        let lines = text.lines().filter(|line| !timed(line)).map(plain).collect();
        (lines, progress.unchanged.load(Ordering::Relaxed))
    }

    /// Scans with the state and without: how many files were not read again.
    fn check(&self) -> u64 {
        std::thread::sleep(2 * TICK);
        let (full, _) = self.scan(None, false);
        let (got, unchanged) = self.scan(Some(self.state()), false);
        assert_eq!(got, full);
        unchanged
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.share().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

#[test]
fn what_has_not_changed_is_not_read_again() {
    let place = Place::new();
    for n in 0..30 {
        place.write(&format!("a/f{n:02}.txt"), &format!("mejla eva{n}@example.com"));
    }
    place.write("b.bin", "\0\0\0\u{1}");
    assert_eq!(place.check(), 0);
    assert_eq!(place.check(), 31);
    place.write("a/f07.txt", "ring 070-174 06 05");
    assert_eq!(place.check(), 30);
    // What was just written is read again, though it looks the same.
    place.write("a/f07.txt", "ring 070-174 06 06");
    let (full, _) = place.scan(None, false);
    assert_eq!(place.scan(Some(place.state()), false), (full, 30));
    fs::remove_file(place.share().join("a/f08.txt")).unwrap();
    fs::rename(place.share().join("a"), place.share().join("c")).unwrap();
    assert_eq!(place.check(), 1);
    assert_eq!(place.check(), 30);
}

#[test]
fn other_options_make_all_be_read_again() {
    let mut place = Place::new();
    place.write("a.txt", "mejla eva@example.com");
    assert_eq!((place.check(), place.check()), (0, 1));
    place.least = Confidence::High;
    assert_eq!((place.check(), place.check()), (0, 1));
}

#[test]
fn long_reports_are_kept_in_pieces() {
    let place = Place::new();
    let row = |n: u32| format!("eva{n}@example.com;070-174 06 05;Eva Ek\n");
    place.write(
        "long.csv",
        &("e-post;telefon;namn\n".to_owned() + &(0..4000).map(row).collect::<String>()),
    );
    place.write("short.txt", "mejla eva@example.com");
    assert_eq!((place.check(), place.check()), (0, 2));
    place.write("long.csv", "e-post\neva@example.com\n");
    assert_eq!((place.check(), place.check()), (1, 2));
    assert!(!place.state().store.has_pieces(1, 1), "pieces that nobody needs are gone");
}

#[test]
fn a_run_that_was_cut_off_loses_nothing_and_keeps_nothing_half() {
    let place = Place::new();
    place.write("a.txt", "mejla eva@example.com");
    assert_eq!((place.check(), place.check()), (0, 1));
    let (cut, unchanged) = place.scan(Some(place.state()), true);
    assert!(cut.last().unwrap().contains("\"interrupted\":true"), "{cut:?}");
    assert_eq!(unchanged, 0);
    assert_eq!(place.check(), 1);
}

#[test]
fn a_damaged_state_is_put_aside() {
    let place = Place::new();
    place.write("a.txt", "mejla eva@example.com");
    assert_eq!(place.check(), 0);
    let (dir, plan) = (place.folder.path().join("state"), work_plan(place.least));
    fs::write(dir.join("state.redb"), "no state").unwrap();
    let (state, notice) = State::open(&dir, &plan).unwrap();
    assert!(notice.unwrap().contains("damaged"));
    assert!(matches!(State::open(&dir, &plan), Err(StateError::InUse)));
    drop(state);
    assert!(dir.join("state.redb.damaged").exists());
    assert_eq!((place.check(), place.check()), (0, 1));
}

/// Something that happens to a share.
#[derive(Clone, Debug)]
enum Event {
    Write(u8, String),
    Remove(u8),
    Rename(u8, u8),
    Rights(u8, bool),
    MoveFolder(bool),
}

fn event() -> impl Strategy<Value = Event> {
    let text = prop_oneof![
        Just("mejla eva@example.com".to_owned()),
        Just("ring 070-174 06 05".to_owned()),
        Just("inget\n".repeat(3)),
        Just("\0\u{1}".to_owned()),
        Just("namn;e-post\nEva Ek;eva@example.com\n".to_owned()),
    ];
    prop_oneof![
        4 => (0..6_u8, text).prop_map(|(n, text)| Event::Write(n, text)),
        1 => (0..6_u8).prop_map(Event::Remove),
        1 => (0..6_u8, 0..6_u8).prop_map(|(from, to)| Event::Rename(from, to)),
        1 => (0..6_u8, any::<bool>()).prop_map(|(n, open)| Event::Rights(n, open)),
        1 => any::<bool>().prop_map(Event::MoveFolder),
    ]
}

fn happen(place: &Place, event: &Event) {
    let share = place.share();
    let at = |n: u8| {
        share.join(["a!", "a/x", "a/y.csv", "b/c/d", "e", "eva@example.com"][usize::from(n)])
    };
    // What cannot happen does not.
    let _ = match event {
        Event::Write(n, text) => {
            let _ = fs::create_dir_all(at(*n).parent().unwrap());
            fs::write(at(*n), text)
        }
        Event::Remove(n) => fs::remove_file(at(*n)),
        Event::Rename(from, to) => fs::rename(at(*from), at(*to)),
        Event::Rights(n, open) => {
            let mode = if *open { 0o644 } else { 0o200 };
            fs::set_permissions(at(*n), fs::Permissions::from_mode(mode))
        }
        Event::MoveFolder(back) => match back {
            true => fs::rename(share.join("z"), share.join("a")),
            false => fs::rename(share.join("a"), share.join("z")),
        },
    };
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn inventories_are_those_of_full_scans(
        rounds in proptest::collection::vec(proptest::collection::vec(event(), 0..6), 1..7)
    ) {
        let place = Place::new();
        fs::create_dir_all(place.share()).unwrap();
        for events in rounds {
            events.iter().for_each(|event| happen(&place, event));
            place.check();
        }
    }
}
