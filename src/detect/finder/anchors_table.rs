//! The anchors and their buckets, chosen offline so that the vector code takes little text for an
//! anchor: over a sample of Swedish and English words, names and logs, in UTF-8 and Latin-1.

/// An anchor in the notation of `rules/terms.txt`, folded; its bucket in the tables of symbols; its
/// bucket in the tables of bytes.
pub(super) type Entry = (&'static [u8], u8, u8);

/// Buckets of a kind.
pub(super) const BUCKETS: usize = 16;

/// The anchors that start with letters. Any bucket will do for a new one; a good one saves time, and
/// `cargo bench finder` tells.
#[rustfmt::skip]
pub(super) const ANCHORS: &[Entry] = &[
    (b" \xe4gg", 11, 8), (b" eat", 8, 8), (b"\xa4ter_", 8, 8), (b"\xa5le_", 11, 6),
    (b"\xa5ler", 8, 6), (b"\xb6t fri", 8, 1), (b"\xb6t-all", 8, 1), (b"\xb6t-fri", 8, 1),
    (b"\xb6tall", 13, 13), (b"\xb6tter", 13, 1), (b"\xe3\xa4ta", 11, 6), (b"\xe4ter_", 8, 8),
    (b"\xf6t fri", 8, 1), (b"\xf6t-all", 8, 1), (b"\xf6t-fri", 8, 1), (b"\xf6tall", 13, 13),
    (b"abbfri", 14, 14), (b"aeter", 13, 11), (b"afyla", 2, 7), (b"akt.fri", 11, 14),
    (b"alal", 13, 7), (b"aldjur f", 14, 7), (b"aldjurfr", 14, 7), (b"aldjursf", 14, 7),
    (b"aleo_", 13, 7), (b"altreduc", 14, 14), (b"amadan", 3, 3), (b"amfr\xe3\xb6n", 14, 14),
    (b"amfr\xf6n", 14, 14), (b"amfri", 14, 14), (b"aphyla", 14, 14), (b"ased", 2, 3),
    (b"atval_", 2, 13), (b"beef", 13, 7), (b"ctos", 15, 15), (b"di\xe3\xa6t", 1, 3),
    (b"di\xe6t", 1, 1), (b"diabetes", 3, 3), (b"diabetic", 3, 3), (b"diabetik", 3, 3),
    (b"diet", 1, 1), (b"dmap", 3, 3), (b"e \xe4ta", 12, 12), (b"ec.kost", 10, 9),
    (b"ec_kost", 10, 9), (b"efri", 3, 9), (b"ei s", 9, 9), (b"elfri", 9, 12), (b"enap", 7, 2),
    (b"epipen", 10, 2), (b"fl\xe3\xa4sk", 1, 6), (b"fl\xe4sk", 9, 4), (b"food", 10, 3),
    (b"free", 4, 4), (b"fruktari", 0, 5), (b"gfri", 3, 9), (b"gg fri", 9, 1), (b"gg-free", 9, 1),
    (b"gg-fri", 9, 1), (b"ggfr", 9, 14), (b"glut", 1, 1), (b"gvitafri", 1, 1), (b"gvitefri", 1, 1),
    (b"haram", 2, 10), (b"hindu", 3, 3), (b"holfri", 6, 0), (b"idfri", 0, 12), (b"idkost", 0, 0),
    (b"ihistami", 10, 0), (b"ikke", 4, 0), (b"inpenn", 4, 10), (b"j \xe4ta", 12, 12),
    (b"j\xf6lk", 6, 0), (b"jolkfr", 6, 0), (b"jurkost", 5, 12), (b"k fri", 0, 12),
    (b"k\xe3\xb6tt", 12, 11), (b"k\xf6tt", 12, 11), (b"kasvis", 7, 2), (b"keto", 13, 11),
    (b"kfri", 3, 9), (b"kiwi", 3, 9), (b"koscher", 0, 11), (b"kost_", 10, 11),
    (b"kto-ovo", 15, 15), (b"kto-veg", 15, 15), (b"ktoos", 15, 15), (b"ktoovo", 15, 15),
    (b"ktos", 15, 15), (b"lchf", 5, 5), (b"lerg", 5, 5), (b"lerifri", 5, 5), (b"lerig", 5, 5),
    (b"lerisk", 5, 5), (b"liac", 5, 9), (b"liak", 5, 9), (b"lkost", 6, 9), (b"llegi", 4, 4),
    (b"lmofr\xe3\xb6n", 5, 5), (b"lmofr\xf6n", 5, 5), (b"lregi", 4, 4), (b"meal", 13, 13),
    (b"meat", 5, 8), (b"mj\xe3\xb6lk", 1, 13), (b"mmat;", 5, 1), (b"n\xf6tter", 12, 11),
    (b"nabel", 15, 15), (b"nfri", 3, 5), (b"nslig", 5, 5), (b"nsyn", 15, 15), (b"ntoeran", 15, 15),
    (b"ntoleran", 15, 15), (b"ntoleren", 15, 15), (b"ntollera", 15, 15), (b"ntorelan", 15, 15),
    (b"ntoreran", 15, 15), (b"oi sy\xe3\xb6d", 9, 9), (b"oi sy\xf6d\xe4", 9, 9), (b"osfr", 14, 12),
    (b"osher", 2, 10), (b"osth", 14, 3), (b"otein", 2, 8), (b"oveg", 2, 10), (b"peckost", 0, 13),
    (b"pesc", 0, 13), (b"pesketar", 0, 13), (b"peskitar", 0, 13), (b"pku_", 6, 6),
    (b"pollen", 6, 0), (b"pork", 0, 0), (b"rfri", 3, 5), (b"rinfatti", 3, 2), (b"ruoka", 5, 5),
    (b"sabbat", 14, 14), (b"sanpass", 14, 2), (b"sfri", 3, 10), (b"skem", 4, 4),
    (b"socker f", 9, 14), (b"soja fri", 9, 10), (b"sojafri", 9, 10), (b"sttyp", 14, 14),
    (b"t\xe3\xa5l_", 12, 7), (b"t\xe5l_", 6, 6), (b"t\xe5le_", 6, 4), (b"t\xe5ler", 6, 4),
    (b"taal_", 7, 7), (b"tavvik", 7, 7), (b"tbasera", 3, 9), (b"tbehov", 4, 6), (b"tfri", 3, 9),
    (b"tpref", 4, 4), (b"trestr", 4, 4), (b"undvik", 7, 2), (b"utan \xe3\xa4g", 7, 13),
    (b"utslag a", 7, 13), (b"vegaan", 15, 8), (b"vegan", 15, 8), (b"vegatar", 15, 8),
    (b"vegetar", 15, 11), (b"vegeter", 15, 11), (b"veggan", 15, 8), (b"veggie", 15, 8),
    (b"vegitar", 15, 8), (b"vegiter", 15, 8), (b"vo-veg", 10, 11), (b"xitar", 9, 1),
    (b"{at}", 14, 14), (b"{a}?", 15, 15),
];

/// Anchors that do not start with letters, and their bucket in the tables of bytes. Symbols do not tell
/// them; they are found by their first byte, one of `%`, `&`, `(` and 0xEF.
#[rustfmt::skip]
pub(super) const DISGUISES: &[(&[u8], u8)] = &[
    (b"(at)", 14), (b"(a)?", 15), (b"&#64;", 3), (b"&#x40;", 2), (b"%40?", 15),
    (b"\xef\xbc\xa0?", 15), (b"\xef\xb9\xab?", 15),
];
