//! The one small tree to which every language is lowered.
//!
//! Nothing of a parser and nothing of a language is left here: a decorator and an attribute are the same thing, so are
//! `self.x` in both languages and a class body and an `impl` block. Every node knows its bytes.

use std::sync::Arc;

use smol_str::SmolStr;

mod body;
pub mod data;
pub mod walk;

pub use crate::source::{FileId, Span};
pub use body::{Body, Late};

/// An identifier. Raw identifiers lose their `r#`.
pub type Name = SmolStr;

/// One lowered file.
#[derive(Debug)]
pub struct Unit {
    pub file: FileId,
    /// A script's statements in order; in a language without module code only `Stmt::Item`s.
    pub body: Block,
    /// Places that could not be read; the rest of the file is still here.
    pub broken: Vec<Broken>,
    pub late: Late,
}

/// A place that no parser could read.
#[derive(Clone, Debug)]
pub struct Broken {
    pub span: Span,
    /// Lower case, no final stop.
    pub message: String,
}

#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Ident {
    pub name: Name,
    pub span: Span,
}

/// A path such as `a::b::C`; for a dotted language only the first segment, the rest are `Field`s.
/// Segments like `crate`, `self`, `super`, `Self` stay as written; a leading `::` is an empty first segment.
/// The lone `super` of a language with classes is `self` as its base classes have it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Path {
    pub segments: Vec<Name>,
    /// Generic arguments of the last segment that has any, lifetimes left out.
    pub type_args: Vec<TypeRef>,
    pub span: Span,
}

/// A type as written. References, lifetimes, `mut`, parentheses and `impl`/`dyn` are dropped: `&mut dyn Store` is `Store`.
/// A tuple has the path `()`, an array or slice `[]`, a function type `fn` (arguments, then result), `_` and unknown ones `_`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct TypeRef {
    pub path: Vec<Name>,
    pub args: Vec<TypeRef>,
    pub span: Span,
}

/// A sequence of statements; `value` is what the block evaluates to.
#[derive(Clone, Debug, Default)]
pub struct Block {
    pub stmts: Vec<Stmt>,
    pub value: Option<Box<Expr>>,
}

#[derive(Clone, Debug)]
pub struct Stmt {
    pub kind: StmtKind,
    /// The whole statement, with decorators and trailing `;`.
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum StmtKind {
    /// `let pattern: ty = value else { or_else }`. Only where the language declares; elsewhere `Assign`.
    Let {
        pattern: Pattern,
        ty: Option<TypeRef>,
        value: Option<Expr>,
        or_else: Option<Block>,
    },
    Expr(Expr),
    Item(Item),
}

/// A definition: anything that gives a name to something.
#[derive(Clone, Debug)]
pub struct Item {
    pub kind: ItemKind,
    pub attributes: Vec<Attribute>,
    /// When it exists at all: `#[cfg(..)]`, as a condition over `BuildFlag`s. `None` is always.
    pub gate: Option<Expr>,
    pub public: bool,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum ItemKind {
    Import(Import),
    Function(Arc<Function>),
    Type(Arc<TypeDef>),
    /// Methods and constants added to a type elsewhere.
    Extend(Arc<Extend>),
    Constant(Arc<Constant>),
    Module(Arc<Module>),
    /// `macro_rules!`, as its arms' texts are only readable by the frontend: what it expands to when that is one expression.
    Macro(Arc<MacroDef>),
}

/// One imported name: `use a::b as c` is path `a b`, alias `c`; `from .x import y` has level 1; a star import imports all.
#[derive(Clone, Debug)]
pub struct Import {
    pub path: Vec<Name>,
    /// Leading dots of a relative import; 0 is absolute.
    pub level: u32,
    /// The name it gets here; for `import a.b` it is `a`, bound to the path `a` alone. `None` for a star import.
    pub alias: Option<Name>,
    /// `*`
    pub star: bool,
    /// `use` of a Rust path may begin with `crate`, `self`, `super` or a name in scope.
    pub span: Span,
}

/// `mod name { .. }`. A module in a file of its own (`mod name;`) has no body.
#[derive(Clone, Debug)]
pub struct Module {
    pub name: Ident,
    pub body: Option<Block>,
}

#[derive(Clone, Debug)]
pub struct Constant {
    pub name: Ident,
    pub ty: Option<TypeRef>,
    pub value: Option<Expr>,
}

/// A local declarative macro. `params` are the metavariables of the only arm that could be read.
#[derive(Clone, Debug)]
pub struct MacroDef {
    pub name: Ident,
    /// Empty when the macro is not simple enough to expand.
    pub arms: Vec<MacroArm>,
}

#[derive(Clone, Debug)]
pub struct MacroArm {
    pub params: Vec<Name>,
    pub body: Block,
}

/// A function, method, closure or lambda.
#[derive(Clone, Debug)]
pub struct Function {
    /// Empty for a closure.
    pub name: Ident,
    pub params: Vec<Param>,
    pub result: Option<TypeRef>,
    /// `None` for a declaration without body (a required trait method).
    pub body: Option<Body>,
    pub attributes: Vec<Attribute>,
    pub is_async: bool,
    pub is_generator: bool,
    /// Type parameters and what bounds them, `impl Trait` arguments included as `impl N`.
    pub generics: Vec<(Name, Vec<TypeRef>)>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Param {
    /// `self` is a binding called `self`.
    pub pattern: Pattern,
    pub ty: Option<TypeRef>,
    pub default: Option<Expr>,
    pub kind: ParamKind,
    pub span: Span,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ParamKind {
    Ordinary,
    /// Only by name (after `*`).
    Keyword,
    /// `*args`
    Rest,
    /// `**kwargs`
    RestKeywords,
}

/// A struct, enum, union, trait or class.
#[derive(Clone, Debug)]
pub struct TypeDef {
    pub name: Ident,
    pub kind: TypeKind,
    /// Base classes, or supertraits of a trait.
    pub bases: Vec<TypeRef>,
    /// Struct fields (tuple fields are named `0`, `1`, ..); for a class its annotated or assigned attributes, in order.
    pub fields: Vec<FieldDef>,
    pub variants: Vec<Variant>,
    /// Class body or trait items. Statements of a class body that are no items stay statements.
    pub body: Block,
    pub generics: Vec<Name>,
    pub attributes: Vec<Attribute>,
    pub span: Span,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TypeKind {
    Struct,
    Enum,
    Trait,
    Class,
    Alias,
}

#[derive(Clone, Debug)]
pub struct FieldDef {
    pub name: Ident,
    pub ty: Option<TypeRef>,
    pub attributes: Vec<Attribute>,
    pub default: Option<Expr>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Variant {
    pub name: Ident,
    pub fields: Vec<FieldDef>,
    pub attributes: Vec<Attribute>,
}

/// `impl Trait for Type { .. }`, or `impl Type { .. }`.
#[derive(Clone, Debug)]
pub struct Extend {
    pub target: TypeRef,
    pub interface: Option<TypeRef>,
    /// Functions, constants and associated types (as `TypeKind::Alias` with the type as its only base).
    pub items: Vec<Item>,
    pub span: Span,
}

/// A decorator, or an attribute: `#[serde(default = "f")]` is the call `serde(default = "f")`, `@csrf_exempt` the path.
/// `#[derive(A, B)]` is a call of `derive` with two paths.
#[derive(Clone, Debug)]
pub struct Attribute {
    pub expr: Expr,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Expr {
    pub kind: ExprKind,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum ExprKind {
    Literal(Literal),
    /// A name in scope, or a path.
    Path(Path),
    Field(Box<Expr>, Ident),
    Index(Box<Expr>, Box<Expr>),
    /// `callee(args)`; a struct or enum constructor with parentheses is a call too.
    Call(Box<Call>),
    /// `receiver.name(args)`.
    Method(Box<MethodCall>),
    /// `Path { field: value, ..rest }`.
    Record(Box<Record>),
    Tuple(Vec<Expr>),
    List(Vec<Expr>),
    /// `[value; count]`.
    Repeat(Box<Expr>, Box<Expr>),
    Set(Vec<Expr>),
    /// A key of `None` is a spread mapping.
    Map(Vec<(Option<Expr>, Expr)>),
    /// `[element for pattern in iterable if condition]` and its kin.
    Comprehension(Box<Comprehension>),
    Unary(UnaryOp, Box<Expr>),
    Binary(BinaryOp, Box<Expr>, Box<Expr>),
    /// A chain `a < b < c` is lowered to `And`s.
    If(Box<If>),
    /// A condition that binds: `let pattern = value`; walrus is `Assign`.
    Let(Box<Pattern>, Box<Expr>),
    Match(Box<Match>),
    Block(Box<Block>),
    /// An `async` block: evaluates to its value.
    Async(Box<Block>),
    Loop(Box<Loop>),
    Closure(Arc<Function>),
    /// `f"..{x}.."`, `format!`; literal text and expressions in order.
    Format(Vec<FormatPart>),
    Await(Box<Expr>),
    /// `?`
    Try(Box<Expr>),
    Cast(Box<Expr>, TypeRef),
    /// `target = value`, or `target op= value`.
    Assign {
        target: Box<Expr>,
        op: Option<BinaryOp>,
        value: Box<Expr>,
    },
    /// `del target`.
    Delete(Vec<Expr>),
    Return(Option<Box<Expr>>),
    Break(Option<Box<Expr>>),
    Continue,
    /// `raise`; a diverging macro (`panic!`, `todo!`) is a `Raise` too.
    Raise(Option<Box<Expr>>),
    /// try / except / else / finally.
    TryCatch(Box<TryCatch>),
    With(Box<With>),
    /// A macro call that is not understood by name: its arguments as far as they parse as expressions.
    Macro {
        path: Path,
        args: Vec<Expr>,
    },
    /// `*expr` among arguments or elements. (`**expr` among arguments is an `Arg` with `spread`.)
    Spread(Box<Expr>),
    /// `cfg!(..)` leaf: `debug_assertions`, `test`, `feature=name`, or another predicate's text.
    BuildFlag(Name),
    /// Nothing to evaluate: `pass`, a type, an unreadable piece.
    Unknown,
}

#[derive(Clone, PartialEq, Debug)]
pub enum Literal {
    /// `()`, `None`-the-value of a language that has one.
    Null,
    Bool(bool),
    Int(i128),
    Float(f64),
    Str(Arc<str>),
    Bytes(Arc<[u8]>),
    Char(char),
}

#[derive(Clone, Debug)]
pub struct Call {
    pub callee: Expr,
    pub args: Vec<Arg>,
}

#[derive(Clone, Debug)]
pub struct MethodCall {
    pub receiver: Expr,
    pub method: Ident,
    pub type_args: Vec<TypeRef>,
    pub args: Vec<Arg>,
}

#[derive(Clone, Debug)]
pub struct Arg {
    /// Keyword, where the language has them.
    pub name: Option<Ident>,
    pub value: Expr,
    /// `*value` or `**value`.
    pub spread: Spread,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Spread {
    No,
    Sequence,
    Mapping,
}

#[derive(Clone, Debug)]
pub struct Record {
    pub path: Path,
    pub fields: Vec<(Ident, Expr)>,
    pub rest: Option<Expr>,
}

#[derive(Clone, Debug)]
pub struct Comprehension {
    pub kind: ComprehensionKind,
    /// Key of a mapping.
    pub key: Option<Expr>,
    pub element: Expr,
    pub clauses: Vec<ComprehensionClause>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ComprehensionKind {
    List,
    Set,
    Map,
    Lazy,
}

#[derive(Clone, Debug)]
pub struct ComprehensionClause {
    pub pattern: Pattern,
    pub iterable: Expr,
    pub conditions: Vec<Expr>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UnaryOp {
    Not,
    Minus,
    Plus,
    Invert,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BinaryOp {
    Add,
    Subtract,
    Multiply,
    Divide,
    FloorDivide,
    Remainder,
    Power,
    And,
    Or,
    BitAnd,
    BitOr,
    BitXor,
    ShiftLeft,
    ShiftRight,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Is,
    IsNot,
    In,
    NotIn,
}

#[derive(Clone, Debug)]
pub struct If {
    pub condition: Expr,
    pub then: Block,
    /// An `else if` is a block whose value (or only statement) is an `If`.
    pub or_else: Option<Block>,
}

#[derive(Clone, Debug)]
pub struct Match {
    pub subject: Expr,
    pub arms: Vec<Arm>,
}

#[derive(Clone, Debug)]
pub struct Arm {
    pub pattern: Pattern,
    pub guard: Option<Expr>,
    pub body: Expr,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Loop {
    /// `for pattern in iterable`; none for `while` and `loop`.
    pub each: Option<(Pattern, Expr)>,
    /// `while condition`.
    pub condition: Option<Expr>,
    pub body: Block,
    pub or_else: Option<Block>,
}

#[derive(Clone, Debug)]
pub struct TryCatch {
    pub body: Block,
    pub handlers: Vec<Handler>,
    pub or_else: Option<Block>,
    pub finally: Option<Block>,
}

#[derive(Clone, Debug)]
pub struct Handler {
    /// Exception types caught; empty for a bare `except`.
    pub types: Vec<Expr>,
    pub name: Option<Ident>,
    pub body: Block,
}

#[derive(Clone, Debug)]
pub struct With {
    pub items: Vec<(Expr, Option<Pattern>)>,
    pub body: Block,
}

#[derive(Clone, Debug)]
pub enum FormatPart {
    Text(Arc<str>),
    Value(Expr),
}

#[derive(Clone, Debug)]
pub struct Pattern {
    pub kind: PatternKind,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum PatternKind {
    Wildcard,
    /// `name` or `name @ pattern`. Also an assignment target that is a plain name.
    Bind(Name, Option<Box<Pattern>>),
    Literal(Literal),
    /// A constant or unit variant.
    Path(Path),
    Tuple(Vec<Pattern>),
    List(Vec<Pattern>),
    /// `Path(a, b)`.
    TupleRecord(Path, Vec<Pattern>),
    /// `Path { field: pattern, .. }`.
    Record(Path, Vec<(Name, Pattern)>),
    /// `..` or `*rest`.
    Rest(Option<Name>),
    Or(Vec<Pattern>),
    /// An assignment target that is no name: `a.b`, `a[0]`.
    Target(Box<Expr>),
    Other,
}
