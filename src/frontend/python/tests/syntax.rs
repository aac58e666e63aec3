use super::{assigned_text, printed, read};

#[track_caller]
fn lowers(text: &str, expected: &str) {
    assert_eq!(printed(text), expected);
}

#[test]
fn settings_module() {
    lowers(
        r#"
from .base import *
from ..env import env as e, flag
from . import keys
import os.path
import a.b as c
DEBUG: bool = False
A = B = not DEBUG
x: int
MIDDLEWARE += ["a" "b", *extra]
CACHES = {"default": {"TIMEOUT": 60 * 60}, **more}
"#,
        r#"import .base as *
import ..env env as e
import ..env flag as flag
import .keys as keys
import os as os
import a b as c
DEBUG = false
A = B = (not DEBUG)
MIDDLEWARE add= ["ab", *extra]
CACHES = map{"default": map{"TIMEOUT": (multiply 60 60)}, **more}
"#,
    );
}

#[test]
fn classes_keep_bases_fields_statements_and_methods() {
    lowers(
        r#"
@method_decorator(csrf_exempt, name="dispatch")
class Login(mixins.Guard, View[T], metaclass=Meta):
    """Docs."""
    template_name = "login.html"
    limit: int = 3
    form: "forms.LoginForm | None"
    x = y = 1
    if limit:
        z = 2
    @property
    async def user(self, *args: int, key: str = "k", **rest) -> Optional[User]:
        pass
    class Meta: ordering = ("id",)
"#,
        r#"@method_decorator(csrf_exempt, name="dispatch")
Class Login(mixins.Guard, View<T>)
  field template_name = "login.html"
  field limit: int = 3
  field form: Optional<forms.LoginForm>
  field x = 1
  field y = 1
  "Docs."
  template_name = "login.html"
  limit = 3
  x = y = 1
  if limit
    z = 2
  @property
  async def user(self, *args: int, ~key: str="k", **rest) -> Optional<User>
  Class Meta()
    field ordering = tuple["id"]
    ordering = tuple["id"]
"#,
    );
}

#[test]
fn calls_methods_fields_and_indexes() {
    lowers(
        r#"
resp.set_cookie("a", value, *rest, max_age=60, **options)
set_cookie(resp)(again)
request.session["cart"][0:n] = request.user.pk
del request.session["a"], b
a.b.c().d
super().dispatch(request)
super(A, self).get
"#,
        r#"resp:set_cookie("a", value, *rest, max_age=60, **options)
set_cookie(resp)(again)
request.session["cart"][{0; n; ?}] = request.user.pk
del [request.session["a"], b]
a.b:c().d
super:dispatch(request)
super.get
"#,
    );
}

#[test]
fn conditions() {
    lowers(
        r"
if a and b and not c or d: pass
elif (n := f()) is not None: x()
else: y()
z = p if q else r
0 < a <= g() < 9
x in y; x not in y; x is None; x == -1; ~a | b ^ c & d << 1 >> 2 // 3 % 4 ** 5; a @ b
",
        r"if (or (and (and a b) (not c)) d)
else
  if (isnot n = f() None)
    x()
  else
    y()
z = (if q {p} {r})
(and (and (less 0 a) (lessequal a g())) (less ? 9))
(in x y)
(notin x y)
(is x None)
(equal x -1)
(bitor (invert a) (bitxor b (bitand c (shiftright (shiftleft d 1) (remainder (floordivide 2 3) (power 4 5))))))
{a; b; ?}
",
    );
}

#[test]
fn literals_and_formats() {
    lowers(
        r#"
("a" 'b' """c
d""", b"x" b"\x00", 0xFF, 1_000, 99999999999999999999, 170141183460469231731687303715884105728, 1.5, 2j, True, None, ...)
f"a{x!r:>{width}}b" "c" f"{y=}{{}}"
f"plain" r"\d"
"%s %s" % (a, b)
"{}".format(a)
"#,
        r#"tuple["abc\nd", b"x\0", 255, 1000, 99999999999999999999, ?, 1.5, ?, true, None, ?]
format["a", x, "bcy=", y, "{}"]
"plain\\d"
(remainder "%s %s" tuple[a, b])
"{}":format(a)
"#,
    );
}

#[test]
fn comprehensions_closures_and_generators() {
    lowers(
        r"
[f(x) for x, *y in z if x if y for a.b in x]
{k: v async for k, v in d}
{x for x in y}; any(x for x in y)
lambda a, /, b=1, *, c: a + b
lambda: (yield)
def g():
    got = yield a
    yield from b
    def inner(): return 1
async def h():
    await a.b()
",
        r"List(f(x) for (x, *y) in z if x if y for <a.b> in x)
Map(k: v for (k, v) in d)
Set(x for x in y)
any(Lazy(x for x in y))
(def (a, b=1, ~c) {(add a b)})
(def () yields {?})
def g() yields
  got = {a; ?}
  {b; ?}
  def inner()
    return 1
async def h()
  (await a:b())
",
    );
}

#[test]
fn control_flow() {
    lowers(
        r#"
try:
    from .local import *
except (ImportError, KeyError) as e:
    raise Http404("x") from e
except:
    raise
else:
    a()
finally:
    b()
try: pass
except* E: pass
with open(p) as f, lock: pass
async def f():
    async with a as (b, c.d): pass
    async for x in y: break
    else: z()
while not done:
    continue
global g
assert a, "why"
"#,
        r#"try
  import .local as *
except [ImportError, KeyError] e
  raise Http404("x")
except [] 
  raise
else
  a()
finally
  b()
try
except [E] 
with open(p) as f, lock
async def f()
  with a as (b, <c.d>)
  for x in y
    break
  else
    z()
while (not done)
  continue
if (not a)
  raise "why"
"#,
    );
}

#[test]
fn match_statements() {
    lowers(
        r#"
match command:
    case "go" | -1 | None if ready: go()
    case [first, *rest]: a()
    case {"k": v, **others}: b()
    case Point(0, y=0) as p: c()
    case models.User(name): d()
    case Color.RED: e()
    case _: pass
"#,
        r#"match command
  case "go" | -1 | None if ready
    go()
  case [first, *rest]
    a()
  case {k: v}
    b()
  case p @ Point{0: 0, y: 0}
    c()
  case models::User(name)
    d()
  case Color::RED
    e()
  case _
"#,
    );
}

#[test]
fn types() {
    lowers(
        r#"
type Pair[T] = tuple[T, T]
def f[T: Base](a: int | str | None, b: "list['x']", c: Callable[[A], B], d: Literal["x"], e: "a b", f: 1) -> None: ...
"#,
        r"Alias Pair(tuple<T, T>)
def f(a: Optional<Union<int, str>>, b: _, c: Callable<[]<A>, B>, d: Literal, e: _, f: _) -> None
  ?
",
    );
}

#[test]
fn spans_are_bytes_of_the_text() {
    assert_eq!(assigned_text("α = 'β'\nb = f(γ, \"δ\")\n", 0), "'β'");
    assert_eq!(assigned_text("α = 'β'\nb = f(γ, \"δ\")\n", 1), "f(γ, \"δ\")");
    assert_eq!(assigned_text("a = 1\r\nb = (\r\n  2 +\r\n  3)\r\n", 1), "2 +\r\n  3");
    assert_eq!(assigned_text("\u{feff}a = 'x'\n", 0), "'x'");
    assert_eq!(assigned_text("a = 1\rb = 22\r", 1), "22");
}

#[test]
fn a_string_annotation_has_its_own_place() {
    let (unit, source) = read("def f(a: 'models.User'): pass\n");
    let crate::ir::StmtKind::Item(item) = &unit.body.stmts[0].kind else { panic!("no item") };
    let crate::ir::ItemKind::Function(function) = &item.kind else { panic!("no function") };
    let ty = function.params[0].ty.as_ref().expect("the annotation");
    assert_eq!(source.slice(ty.span), "models.User");
    assert_eq!(source.slice(function.params[0].span), "a: 'models.User'");
}

#[test]
fn a_statement_spans_its_decorators() {
    let (unit, source) = read("x = 1\n@a\n@b(1)\ndef f():\n    pass\n");
    assert_eq!(source.slice(unit.body.stmts[1].span), "@a\n@b(1)\ndef f():\n    pass");
}
