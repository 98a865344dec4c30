//! The anchors and their buckets, chosen offline so that the vector code takes little text for an
//! anchor: over a sample of Swedish and English words, names and logs, in UTF-8 and Latin-1.

/// Anchors by bucket, in the notation of `rules/terms.txt`, folded.
pub(super) const BUCKETS: [&[&[u8]]; 16] = [
    &[b"\xa4ter_", b"\xa5le_", b"\xa5ler", b"\xb6t-all", b"\xe4ter_", b"\xf6t-all", b"di\xe3\xa6t", b"di\xe6t", b"diet"],
    &[b"fl\xe3\xa4sk", b"fl\xe4sk", b"gg fri", b"gg-free", b"gg-fri", b"ggfr", b"glut", b"gvitafri", b"gvitefri", b"mj\xe3\xb6lk"],
    &[b"abbfri", b"amadan", b"diabetes", b"diabetic", b"diabetik", b"dmap", b"food", b"mmat;", b"nabel", b"sabbat"],
    &[b"ihistami", b"j\xf6lk", b"pku_", b"t\xe5l_", b"t\xe5le_", b"t\xe5ler", b"tpref"],
    &[b"ec.kost", b"ec_kost", b"epipen", b"haram", b"sanpass", b"socker f", b"soja fri", b"sojafri", b"{at}"],
    &[b"\xb6t fri", b"\xb6t-fri", b"\xf6t fri", b"\xf6t-fri", b"holfri", b"otein", b"oveg", b"pollen", b"vo-veg"],
    &[b"kasvis", b"koscher", b"kost_", b"taal_", b"tavvik", b"tbasera", b"{a}?"],
    &[b"e \xe4ta", b"ei s", b"j \xe4ta", b"k\xe3\xb6tt", b"oi sy\xe3\xb6d", b"oi sy\xf6d\xe4", b"t\xe3\xa5l_"],
    &[b"altreduc", b"amfr\xe3\xb6n", b"amfr\xf6n", b"amfri", b"efri", b"elfri", b"hindu", b"kfri", b"kiwi", b"osfr", b"osth", b"rfri", b"rinfatti", b"sfri", b"tfri"],
    &[b" \xe4gg", b"\xe3\xa4ta", b"fruktari", b"sttyp", b"xitar"],
    &[b"beef", b"free", b"idkost", b"ikke", b"inpenn", b"lregi", b"skem", b"tbehov", b"trestr"],
    &[b"afyla", b"alal", b"aldjur f", b"aldjurfr", b"aldjursf", b"aleo_", b"ased", b"gfri", b"lerg", b"lerifri", b"lerig", b"lerisk", b"llegi", b"nfri", b"nslig"],
    &[b" eat", b"\xb6tall", b"\xb6tter", b"\xf6tall", b"aeter", b"keto", b"meal", b"meat", b"peckost", b"pesc", b"pesketar", b"peskitar", b"utan \xe3\xa4g", b"utslag a"],
    &[b"idfri", b"k fri", b"k\xf6tt", b"lkost", b"lmofr\xe3\xb6n", b"lmofr\xf6n", b"n\xf6tter", b"ntorelan", b"ntoreran"],
    &[b"aphyla", b"atval_", b"ctos", b"kto-ovo", b"kto-veg", b"ktoos", b"ktoovo", b"ktos", b"nsyn", b"ntoeran", b"ntoleran", b"ntoleren", b"ntollera", b"osher", b"vegaan", b"vegan", b"vegatar", b"vegetar", b"vegeter", b"veggan", b"veggie", b"vegitar", b"vegiter"],
    &[b"enap", b"jolkfr", b"jurkost", b"lchf", b"liac", b"liak", b"pork", b"ruoka", b"undvik"],
];

/// Anchors that do not start with letters; they are found by their first byte, one of
/// `%`, `&`, `(` and 0xEF.
pub(super) const DISGUISES: &[&[u8]] = &[
    b"(at)",
    b"(a)?",
    b"&#64;",
    b"&#x40;",
    b"%40?",
    b"\xef\xbc\xa0?",
    b"\xef\xb9\xab?",
];
