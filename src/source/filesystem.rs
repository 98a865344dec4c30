//! File systems and files that hold no data of their own.

use std::os::fd::OwnedFd;
use std::path::Path;

/// Is this a file system of the kernel's making, without stored files?
#[cfg(target_os = "linux")]
pub(super) fn is_virtual(folder: &OwnedFd, path: &Path) -> bool {
    // Magic numbers of `statfs(2)` and `linux/magic.h`.
    const VIRTUAL: [u64; 14] = [
        0x9fa0,      // proc
        0x6265_6572, // sysfs
        0x1cd1,      // devpts
        0x0027_e0eb, // cgroup
        0x6367_7270, // cgroup2
        0x6462_6720, // debugfs
        0x7472_6163, // tracefs
        0x7363_6673, // securityfs
        0xcafe_4a11, // bpf
        0x6265_6570, // configfs
        0x6165_676C, // pstore
        0xde5e_81e4, // efivarfs
        0x1980_0202, // mqueue
        0x4249_4e4d, // binfmt_misc
    ];
    let Ok(stat) = rustix::fs::fstatfs(folder) else { return false };
    VIRTUAL.contains(&(stat.f_type as u64)) || path == Path::new("/dev")
}

/// Is this a file system of the kernel's making, without stored files?
#[cfg(not(target_os = "linux"))]
pub(super) fn is_virtual(_folder: &OwnedFd, path: &Path) -> bool {
    path == Path::new("/dev")
}

/// Names of files whose content is in a cloud and would be fetched by reading, or is not there at
/// all: iCloud Drive leaves `.name.icloud`, Nextcloud and ownCloud leave `name.nextcloud` and
/// `name.owncloud`.
pub(super) fn may_be_placeholder(name: &[u8]) -> bool {
    name.starts_with(b".") && name.ends_with(b".icloud") || has_cloud_suffix(name)
}

/// Of these, the ones of at most one byte are placeholders.
pub(super) fn has_cloud_suffix(name: &[u8]) -> bool {
    name.ends_with(b".nextcloud") || name.ends_with(b".owncloud")
}
