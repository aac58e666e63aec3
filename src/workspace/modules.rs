//! From module paths to files and back, by the conventions of the two languages.

use std::collections::{BTreeSet, HashMap};

use smol_str::SmolStr;

use super::manifest::CargoManifest;
use super::names::split;
use super::packages::{ancestors, join};
use super::{FileEntry, FileId, FileKind, PackageKind, Workspace};

/// Where modules lie.
#[derive(Debug, Default)]
pub(super) struct Modules {
    crates: Vec<Crate>,
    /// Crates of each package, then those without a package.
    crates_of: Vec<Vec<usize>>,
    /// Crate of each file, by `FileId`.
    crate_of: Vec<Option<usize>>,
    rust: HashMap<(usize, Vec<SmolStr>), FileId>,
    /// Folders from which Python's absolute imports start.
    import_roots: BTreeSet<String>,
}

/// One compilation unit: a library with the binary beside it, or a test, example or further binary.
#[derive(Debug)]
struct Crate {
    package: Option<usize>,
    name: SmolStr,
    /// The file in which it begins.
    root: String,
    /// The folder of its modules.
    folder: String,
    /// The package's library or main binary.
    main: bool,
}

/// Finds the module of every file and writes it into `FileEntry::module`.
pub(super) fn modules(workspace: &mut Workspace) -> Modules {
    let mut modules = Modules { import_roots: import_roots(workspace), ..Modules::default() };
    modules.crates = crates(workspace);
    modules.crate_of = vec![None; workspace.files.len()];
    modules.crates_of = vec![Vec::new(); workspace.packages.len() + 1];
    for (at, home) in modules.crates.iter().enumerate() {
        modules.crates_of[home.package.unwrap_or(workspace.packages.len())].push(at);
    }
    for at in 0..workspace.files.len() {
        match workspace.files[at].kind {
            FileKind::Rust => modules.place_rust(&mut workspace.files[at]),
            FileKind::Python => {
                let module = modules.python_path(&workspace.files[at].path);
                workspace.files[at].module = module;
            }
            _ => {}
        }
    }
    modules
}

impl Modules {
    fn place_rust(&mut self, entry: &mut FileEntry) {
        let within = |it: &Crate| it.root == entry.path || inside(&entry.path, &it.folder).is_some();
        let of_package = &self.crates_of[entry.package.unwrap_or(self.crates_of.len() - 1)];
        let fits = of_package.iter().map(|at| (*at, &self.crates[*at])).filter(|(_, it)| within(it));
        // The file that begins a crate belongs to it, any other one to the innermost.
        let Some((at, home)) =
            fits.max_by_key(|(at, it)| (it.root == entry.path, it.folder.len(), std::cmp::Reverse(*at)))
        else {
            entry.module = pieces(&entry.path);
            return;
        };
        let mut module = vec![home.name.clone()];
        if home.root != entry.path {
            let below = inside(&entry.path, &home.folder).unwrap_or(&entry.path);
            let mut rest = pieces(below);
            if rest.last().is_some_and(|it| it == "mod") {
                rest.pop();
            }
            module.extend(rest);
        }
        self.crate_of[entry.id.0 as usize] = Some(at);
        self.rust.entry((at, module[1..].to_vec())).or_insert(entry.id);
        entry.module = module;
    }

    /// Dotted path relative to the nearest import root that is no package itself.
    fn python_path(&self, path: &str) -> Vec<SmolStr> {
        let root = ancestors(split(path).0).find(|it| self.import_roots.contains(it)).unwrap_or_default();
        let mut module = pieces(inside(path, &root).unwrap_or(path));
        if module.len() > 1 && module.last().is_some_and(|it| it == "__init__") {
            module.pop();
        }
        module
    }
}

/// The crates of all packages, and one for loose files beside a `main.rs` or `lib.rs`.
fn crates(workspace: &Workspace) -> Vec<Crate> {
    let mut crates = Vec::new();
    for (at, package) in workspace.packages.iter().enumerate() {
        if package.kind != PackageKind::Cargo {
            continue;
        }
        let manifest = workspace.manifests.cargo.get(&join(&package.folder, "Cargo.toml"));
        crates.extend(targets(at, &package.folder, &package.name, manifest));
    }
    for entry in &workspace.files {
        if entry.kind == FileKind::Rust {
            crates.extend(crate_of_file(workspace, entry));
        }
    }
    crates
}

/// The library and the binaries that a manifest names.
fn targets(package: usize, folder: &str, name: &SmolStr, manifest: Option<&CargoManifest>) -> Vec<Crate> {
    let code = |name: &str| SmolStr::new(name.replace('-', "_"));
    let one = |name: SmolStr, root: String, main: bool| Crate {
        package: Some(package),
        name,
        folder: split(&root).0.to_owned(),
        root,
        main,
    };
    let library = manifest.map(|it| it.library.clone()).unwrap_or_default();
    let path = library.path.unwrap_or_else(|| "src/lib.rs".to_owned());
    let library_name = code(library.name.as_ref().unwrap_or(name));
    let mut crates = vec![
        one(library_name.clone(), join(folder, &path), true),
        one(library_name, join(folder, "src/main.rs"), true),
    ];
    for binary in manifest.into_iter().flat_map(|it| &it.binaries) {
        let Some(path) = &binary.path else { continue };
        if path != "src/main.rs" {
            crates.push(one(code(binary.name.as_ref().unwrap_or(name)), join(folder, path), false));
        }
    }
    crates
}

/// Files that Cargo takes for crates of their own by where they lie.
fn crate_of_file(workspace: &Workspace, entry: &FileEntry) -> Option<Crate> {
    let (folder, name) = split(&entry.path);
    let Some(package) = entry.package else {
        let begins = name == "main.rs" || name == "lib.rs";
        return begins.then(|| Crate {
            package: None,
            name: "crate".into(),
            folder: folder.to_owned(),
            root: entry.path.clone(),
            main: true,
        });
    };
    let below = inside(&entry.path, &workspace.packages[package].folder)?;
    let parts: Vec<&str> = below.split('/').collect();
    let named = match parts[..] {
        ["build.rs"] => "build_script",
        ["src", "bin", file] | ["tests" | "examples" | "benches", file] => file.strip_suffix(".rs")?,
        ["src", "bin", folder, "main.rs"] | ["tests" | "examples" | "benches", folder, "main.rs"] => folder,
        _ => return None,
    };
    Some(Crate {
        package: Some(package),
        name: SmolStr::new(named.replace('-', "_")),
        folder: folder.to_owned(),
        root: entry.path.clone(),
        main: false,
    })
}

/// Folders of `manage.py`, of manifests, `src`, the checked root, and every folder that holds a package but is none.
fn import_roots(workspace: &Workspace) -> BTreeSet<String> {
    let mut roots = BTreeSet::from([String::new()]);
    let packages: BTreeSet<&str> =
        workspace.files.iter().filter_map(|it| it.path.strip_suffix("/__init__.py")).collect();
    for project in &workspace.packages {
        if project.kind == PackageKind::Python && !packages.contains(project.folder.as_str()) {
            roots.insert(project.folder.clone());
        }
    }
    for entry in &workspace.files {
        if entry.kind == FileKind::Python
            && let Some(at) = entry.path.find("src/")
            && (at == 0 || entry.path.as_bytes()[at - 1] == b'/')
            && !packages.contains(&entry.path[..at + 3])
        {
            roots.insert(entry.path[..at + 3].to_owned());
        }
    }
    roots
}

impl Workspace {
    /// The file of a Rust module: package index and module path without the crate's name.
    #[must_use]
    pub fn rust_module(&self, package: usize, path: &[SmolStr]) -> Option<FileId> {
        let mut key = (0, path.to_vec());
        self.modules.crates_of.get(package)?.iter().filter(|it| self.modules.crates[**it].main).find_map(
            |at| {
                key.0 = *at;
                self.modules.rust.get(&key).copied()
            },
        )
    }

    /// The file of a module of the crate that `from` belongs to; an empty path is the crate's root.
    #[must_use]
    pub fn crate_module(&self, from: FileId, path: &[SmolStr]) -> Option<FileId> {
        let at = (*self.modules.crate_of.get(from.0 as usize)?)?;
        let key = (at, path.to_vec());
        let found = self.modules.rust.get(&key).copied();
        let home = &self.modules.crates[at];
        // A binary and the library beside it have their modules in the same folder.
        found.or_else(|| self.rust_module(home.package.filter(|_| home.main)?, path))
    }

    /// The file of `mod name;` as written in `from`, inside the inline modules `inner`.
    #[must_use]
    pub fn rust_submodule(&self, from: FileId, inner: &[SmolStr], name: &str) -> Option<FileId> {
        let entry = self.files.get(from.0 as usize)?;
        let (folder, file) = split(&entry.path);
        let stem = file.strip_suffix(".rs")?;
        let begins = stem == "mod"
            || (*self.modules.crate_of.get(from.0 as usize)?)
                .is_some_and(|at| self.modules.crates[at].root == entry.path);
        let mut base = if begins { folder.to_owned() } else { join(folder, stem) };
        for part in inner {
            base = join(&base, part);
        }
        self.file(&join(&base, &format!("{name}.rs")))
            .or_else(|| self.file(&join(&base, &format!("{name}/mod.rs"))))
    }

    /// The file that `#[path = ".."]` names in `from`.
    #[must_use]
    pub fn rust_path(&self, from: FileId, path: &str) -> Option<FileId> {
        let folder = split(&self.files.get(from.0 as usize)?.path).0;
        self.file(&normal(folder, path)?)
    }

    /// The package of a crate's name (`-` and `_` are the same).
    #[must_use]
    pub fn rust_crate(&self, name: &str) -> Option<usize> {
        let name = name.replace('-', "_");
        self.modules.crates.iter().find(|it| it.main && it.name == name)?.package
    }

    /// The file of a Python module as imported from `from`; `level` counts leading dots.
    #[must_use]
    pub fn python_module(&self, from: FileId, level: u32, path: &[SmolStr]) -> Option<FileId> {
        let here = split(&self.files.get(from.0 as usize)?.path).0;
        if level > 0 {
            let mut folder = here;
            for _ in 1..level {
                if folder.is_empty() {
                    return None;
                }
                folder = split(folder).0;
            }
            return self.python_file(folder, path);
        }
        let near: Vec<String> = ancestors(here).take_while(|it| !it.starts_with("..")).collect();
        let roots = &self.modules.import_roots;
        near.iter()
            .filter(|it| roots.contains(*it))
            .chain(near.iter().filter(|it| !roots.contains(*it)))
            .chain(roots.iter().filter(|it| !near.contains(it)))
            .find_map(|root| self.python_file(root, path))
    }

    fn python_file(&self, folder: &str, path: &[SmolStr]) -> Option<FileId> {
        let base = path.iter().fold(folder.to_owned(), |folder, part| join(&folder, part));
        let package = self.file(&join(&base, "__init__.py"));
        package.or_else(|| if path.is_empty() { None } else { self.file(&format!("{base}.py")) })
    }

    /// The file of a path relative to the checked root.
    #[must_use]
    pub fn file(&self, path: &str) -> Option<FileId> {
        let at = self.files.binary_search_by(|it| it.path.as_str().cmp(path)).ok()?;
        Some(self.files[at].id)
    }
}

/// `path` relative to `folder`, when it lies in there.
pub(super) fn inside<'p>(path: &'p str, folder: &str) -> Option<&'p str> {
    if folder.is_empty() { Some(path) } else { path.strip_prefix(folder)?.strip_prefix('/') }
}

fn pieces(path: &str) -> Vec<SmolStr> {
    let stem = path.rsplit_once('.').map_or(path, |it| it.0);
    stem.split('/').map(SmolStr::new).collect()
}

/// `folder/path` without `.` and `..`; `None` when that leaves the checked root.
pub(super) fn normal(folder: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|it| !it.is_empty()).collect();
    for part in path.split(['/', '\\']) {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}
