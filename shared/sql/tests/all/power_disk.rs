//! A disk that can lose power: a VFS of SQLite over the ordinary one, which remembers what was not yet synced. At the
//! cut every later write fails, and what a real disk might then hold is laid out in another folder: all that was
//! synced, and of the rest an arbitrary part, in sectors.
#![allow(unsafe_code, reason = "SQLite's VFS is a C interface")]

use std::collections::HashMap;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::path::{Path, PathBuf};
use std::ptr;
use std::sync::{Mutex, OnceLock};

use rusqlite::ffi::{
    SQLITE_IOERR_FSYNC, SQLITE_IOERR_TRUNCATE, SQLITE_IOERR_WRITE, SQLITE_OK, SQLITE_OPEN_MAIN_DB,
    SQLITE_OPEN_MAIN_JOURNAL, SQLITE_OPEN_WAL, sqlite3_file, sqlite3_io_methods, sqlite3_vfs, sqlite3_vfs_find,
    sqlite3_vfs_register,
};

/// The smallest part of a write that is on disk whole or not at all.
const SECTOR_BYTES: usize = 512;
const NAME: &CStr = c"powerdisk";

/// A folder whose files lose what is not synced.
pub struct PowerDisk {
    folder: tempfile::TempDir,
}

impl PowerDisk {
    /// Power goes at the `cut_at`-th write, truncation or sync.
    pub fn new(cut_at: u64) -> Self {
        register();
        let folder = tempfile::tempdir().unwrap();
        let disk = Disk { files: HashMap::new(), operations: 0, cut_at };
        disks().lock().unwrap().insert(folder.path().to_owned(), disk);
        Self { folder }
    }

    /// The name to open, for SQLite.
    pub fn uri(&self) -> String {
        format!("file:{}?vfs=powerdisk", self.folder.path().join("the.db").display())
    }

    pub fn is_cut(&self) -> bool {
        disks().lock().unwrap()[self.folder.path()].is_cut()
    }

    /// What the disk holds when power is back; `keeps` says for each unsynced sector whether it made it.
    pub fn recovered(&self, mut keeps: impl FnMut() -> bool) -> (tempfile::TempDir, PathBuf) {
        let after = tempfile::tempdir().unwrap();
        let disks = disks().lock().unwrap();
        for (path, file) in &disks[self.folder.path()].files {
            if file.durable || keeps() {
                std::fs::write(after.path().join(path.file_name().unwrap()), file.after_the_cut(&mut keeps)).unwrap();
            }
        }
        let path = after.path().join("the.db");
        (after, path)
    }
}

impl Drop for PowerDisk {
    fn drop(&mut self) {
        disks().lock().unwrap().remove(self.folder.path());
    }
}

struct Disk {
    files: HashMap<PathBuf, Shadow>,
    operations: u64,
    cut_at: u64,
}

impl Disk {
    fn is_cut(&self) -> bool {
        self.operations >= self.cut_at
    }
}

#[derive(Default)]
struct Shadow {
    /// Its name is on disk: from the first sync on.
    durable: bool,
    synced: Vec<u8>,
    pending: Vec<Pending>,
}

enum Pending {
    Write(usize, Vec<u8>),
    Truncate(usize),
}

impl Shadow {
    fn sync(&mut self) {
        self.durable = true;
        for change in std::mem::take(&mut self.pending) {
            change.apply(&mut self.synced, &mut || true);
        }
    }

    fn after_the_cut(&self, keeps: &mut dyn FnMut() -> bool) -> Vec<u8> {
        let mut bytes = self.synced.clone();
        self.pending.iter().for_each(|change| change.apply(&mut bytes, keeps));
        bytes
    }
}

impl Pending {
    fn apply(&self, bytes: &mut Vec<u8>, keeps: &mut dyn FnMut() -> bool) {
        match self {
            Pending::Truncate(length) => {
                if keeps() {
                    bytes.truncate(*length);
                }
            }
            Pending::Write(at, data) => {
                for (number, sector) in data.chunks(SECTOR_BYTES).enumerate() {
                    let start = at + number * SECTOR_BYTES;
                    if keeps() {
                        bytes.resize(bytes.len().max(start + sector.len()), 0);
                        bytes[start..start + sector.len()].copy_from_slice(sector);
                    }
                }
            }
        }
    }
}

fn disks() -> &'static Mutex<HashMap<PathBuf, Disk>> {
    static DISKS: OnceLock<Mutex<HashMap<PathBuf, Disk>>> = OnceLock::new();
    DISKS.get_or_init(Mutex::default)
}

/// One change of a file; `false` when the power is, or goes, off.
fn change(path: &Path, run: impl FnOnce(&mut Shadow)) -> bool {
    let mut disks = disks().lock().unwrap();
    let Some(disk) = path.parent().and_then(|folder| disks.get_mut(folder)) else { return false };
    if disk.is_cut() {
        return false;
    }
    disk.operations += 1;
    let survived = !disk.is_cut();
    if survived {
        run(disk.files.entry(path.to_owned()).or_default());
    }
    survived
}

// From here on: the C side. `File` is what SQLite allocates for an open file, the ordinary VFS's own file follows it.

#[repr(C)]
struct File {
    base: sqlite3_file,
    /// `Some` for the database and its logs.
    path: *mut PathBuf,
}

/// A table of plain functions and constants, read only after it is made.
struct Shared<T>(T);
// SAFETY: nothing in it is written after it is made, and the functions it points to may be called on any thread.
unsafe impl<T> Sync for Shared<T> {}
// SAFETY: as above.
unsafe impl<T> Send for Shared<T> {}

fn ordinary() -> *mut sqlite3_vfs {
    // SAFETY: a null name asks for the default VFS, which is never unregistered here.
    unsafe { sqlite3_vfs_find(ptr::null()) }
}

fn register() {
    static DONE: OnceLock<()> = OnceLock::new();
    DONE.get_or_init(|| {
        // SAFETY: the copy is leaked, so that SQLite may keep it; it keeps the ordinary functions but two.
        unsafe {
            let mut vfs = *ordinary();
            vfs.zName = NAME.as_ptr();
            vfs.pNext = ptr::null_mut();
            vfs.szOsFile += size_of::<File>() as c_int;
            vfs.xOpen = Some(open);
            vfs.xDelete = Some(delete);
            assert_eq!(sqlite3_vfs_register(Box::leak(Box::new(vfs)), 0), SQLITE_OK);
        }
    });
}

fn methods() -> *const sqlite3_io_methods {
    static METHODS: OnceLock<Shared<sqlite3_io_methods>> = OnceLock::new();
    let methods = METHODS.get_or_init(|| {
        Shared(sqlite3_io_methods {
            // Version 2: shared memory for the log's index, but no memory mapping, which would go past us.
            iVersion: 2,
            xClose: Some(close),
            xRead: Some(read),
            xWrite: Some(write),
            xTruncate: Some(truncate),
            xSync: Some(sync),
            xFileSize: Some(file_size),
            xLock: Some(lock),
            xUnlock: Some(unlock),
            xCheckReservedLock: Some(check_reserved_lock),
            xFileControl: Some(file_control),
            xSectorSize: Some(sector_size),
            xDeviceCharacteristics: Some(device_characteristics),
            xShmMap: Some(shm_map),
            xShmLock: Some(shm_lock),
            xShmBarrier: Some(shm_barrier),
            xShmUnmap: Some(shm_unmap),
            xFetch: None,
            xUnfetch: None,
        })
    });
    &raw const methods.0
}

fn path_of(name: *const c_char) -> PathBuf {
    // SAFETY: SQLite passes a name that ends with a zero.
    PathBuf::from(unsafe { CStr::from_ptr(name) }.to_str().unwrap())
}

unsafe extern "C" fn open(
    _: *mut sqlite3_vfs,
    name: *const c_char,
    file: *mut sqlite3_file,
    flags: c_int,
    out: *mut c_int,
) -> c_int {
    let watched = flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL) != 0 && !name.is_null();
    // SAFETY: SQLite allocated `szOsFile` bytes: a `File` and the ordinary file behind it.
    unsafe {
        let own = file.cast::<File>();
        (*own).base.pMethods = ptr::null();
        let code = (*ordinary()).xOpen.unwrap()(ordinary(), name, inner(file), flags, out);
        if code == SQLITE_OK {
            (*own).path = if watched { Box::into_raw(Box::new(path_of(name))) } else { ptr::null_mut() };
            (*own).base.pMethods = methods();
        }
        code
    }
}

unsafe extern "C" fn delete(_: *mut sqlite3_vfs, name: *const c_char, sync_folder: c_int) -> c_int {
    let path = path_of(name);
    let is_ours = path.parent().is_some_and(|folder| disks().lock().unwrap().contains_key(folder));
    if is_ours && !change(&path, |shadow| *shadow = Shadow::default()) {
        return SQLITE_IOERR_WRITE;
    }
    // SAFETY: passed on as it came.
    unsafe { (*ordinary()).xDelete.unwrap()(ordinary(), name, sync_folder) }
}

/// The ordinary VFS's part of an open file.
unsafe fn inner(file: *mut sqlite3_file) -> *mut sqlite3_file {
    // SAFETY: it lies behind our own part, see `register`.
    unsafe { file.cast::<File>().add(1).cast() }
}

unsafe fn watched<'f>(file: *mut sqlite3_file) -> Option<&'f Path> {
    // SAFETY: `open` made the path, `close` drops it.
    unsafe { (*file.cast::<File>()).path.as_ref().map(PathBuf::as_path) }
}

macro_rules! pass {
    ($($name:ident => $method:ident($($arg:ident: $ty:ty),*) $(-> $out:ty)?;)*) => {$(
        unsafe extern "C" fn $name(file: *mut sqlite3_file, $($arg: $ty),*) $(-> $out)? {
            // SAFETY: the ordinary file is open, because ours is.
            unsafe {
                let inner = inner(file);
                (*(*inner).pMethods).$method.unwrap()(inner, $($arg),*)
            }
        }
    )*};
}

pass! {
    read => xRead(to: *mut c_void, length: c_int, at: i64) -> c_int;
    file_size => xFileSize(out: *mut i64) -> c_int;
    lock => xLock(level: c_int) -> c_int;
    unlock => xUnlock(level: c_int) -> c_int;
    check_reserved_lock => xCheckReservedLock(out: *mut c_int) -> c_int;
    file_control => xFileControl(op: c_int, arg: *mut c_void) -> c_int;
    sector_size => xSectorSize() -> c_int;
    device_characteristics => xDeviceCharacteristics() -> c_int;
    shm_map => xShmMap(page: c_int, size: c_int, extend: c_int, out: *mut *mut c_void) -> c_int;
    shm_lock => xShmLock(offset: c_int, count: c_int, flags: c_int) -> c_int;
    shm_barrier => xShmBarrier();
    shm_unmap => xShmUnmap(erase: c_int) -> c_int;
    inner_close => xClose() -> c_int;
    inner_write => xWrite(from: *const c_void, length: c_int, at: i64) -> c_int;
    inner_truncate => xTruncate(length: i64) -> c_int;
}

unsafe extern "C" fn close(file: *mut sqlite3_file) -> c_int {
    // SAFETY: SQLite closes a file once; the path was made by `open`.
    unsafe {
        let code = inner_close(file);
        let path = std::mem::replace(&mut (*file.cast::<File>()).path, ptr::null_mut());
        if !path.is_null() {
            drop(Box::from_raw(path));
        }
        code
    }
}

unsafe extern "C" fn write(file: *mut sqlite3_file, from: *const c_void, length: c_int, at: i64) -> c_int {
    // SAFETY: SQLite passes `length` readable bytes.
    unsafe {
        let bytes = std::slice::from_raw_parts(from.cast::<u8>(), length as usize);
        let survived = watched(file)
            .is_none_or(|path| change(path, |shadow| shadow.pending.push(Pending::Write(at as usize, bytes.to_vec()))));
        if survived { inner_write(file, from, length, at) } else { SQLITE_IOERR_WRITE }
    }
}

unsafe extern "C" fn truncate(file: *mut sqlite3_file, length: i64) -> c_int {
    // SAFETY: as `write`.
    unsafe {
        let survived = watched(file)
            .is_none_or(|path| change(path, |shadow| shadow.pending.push(Pending::Truncate(length as usize))));
        if survived { inner_truncate(file, length) } else { SQLITE_IOERR_TRUNCATE }
    }
}

/// No real sync: this is the disk now.
unsafe extern "C" fn sync(file: *mut sqlite3_file, _: c_int) -> c_int {
    // SAFETY: as `write`.
    let survived = unsafe { watched(file) }.is_none_or(|path| change(path, Shadow::sync));
    if survived { SQLITE_OK } else { SQLITE_IOERR_FSYNC }
}
