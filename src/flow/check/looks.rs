//! What a template or condition uses: names, filters, tests, and what it compares with what.

use minijinja::machinery::{ast, parse, parse_expr};
use minijinja::value::ValueKind;
use std::ops::Range;

/// A name and where it stands in the source.
pub(super) struct Used {
    pub name: String,
    /// The field after the dot, for `lead.city`.
    pub field: Option<String>,
    pub range: Range<usize>,
}

/// A constant a name is compared with.
pub(super) struct Compared {
    pub name: String,
    pub how: How,
    pub constant: minijinja::Value,
    pub range: Range<usize>,
}

/// How.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    /// `name == constant`, `name in [constant]` or their opposites.
    Equal,
    /// `name < constant` and the like.
    Ordered,
    /// `constant in name`.
    Contains,
}

/// Everything a source uses.
#[derive(Default)]
pub(super) struct Looks {
    pub names: Vec<Used>,
    pub filters: Vec<Used>,
    pub tests: Vec<Used>,
    pub compared: Vec<Compared>,
    /// Names the template sets itself, innermost last.
    own: Vec<String>,
}

impl Looks {
    /// Looks at a source that compiles; one that does not uses nothing.
    pub(super) fn at(source: &str, condition: bool) -> Self {
        let mut looks = Looks::default();
        if condition {
            if let Ok(expression) = parse_expr(source) {
                looks.expression(&expression);
            }
        } else if let Ok(statement) = parse(source, "text", Default::default()) {
            looks.statement(&statement);
        }
        looks
    }

    fn statements(&mut self, statements: &[ast::Stmt<'_>]) {
        statements.iter().for_each(|statement| self.statement(statement));
    }

    fn statement(&mut self, statement: &ast::Stmt<'_>) {
        match statement {
            ast::Stmt::Template(inner) => self.statements(&inner.children),
            ast::Stmt::EmitExpr(inner) => self.expression(&inner.expr),
            ast::Stmt::ForLoop(inner) => {
                self.expression(&inner.iter);
                let outer = self.own.len();
                self.own.push("loop".to_owned());
                self.target(&inner.target);
                inner.filter_expr.iter().for_each(|expression| self.expression(expression));
                self.statements(&inner.body);
                self.own.truncate(outer);
                self.statements(&inner.else_body);
            }
            ast::Stmt::IfCond(inner) => {
                self.expression(&inner.expr);
                self.statements(&inner.true_body);
                self.statements(&inner.false_body);
            }
            ast::Stmt::WithBlock(inner) => {
                let outer = self.own.len();
                for (target, value) in &inner.assignments {
                    self.expression(value);
                    self.target(target);
                }
                self.statements(&inner.body);
                self.own.truncate(outer);
            }
            ast::Stmt::Set(inner) => {
                self.expression(&inner.expr);
                self.target(&inner.target);
            }
            ast::Stmt::SetBlock(inner) => {
                inner.filter.iter().for_each(|expression| self.expression(expression));
                self.statements(&inner.body);
                self.target(&inner.target);
            }
            ast::Stmt::FilterBlock(inner) => {
                self.expression(&inner.filter);
                self.statements(&inner.body);
            }
            ast::Stmt::AutoEscape(inner) => {
                self.expression(&inner.enabled);
                self.statements(&inner.body);
            }
            ast::Stmt::Do(inner) => self.call(&inner.call),
            _ => {}
        }
    }

    fn target(&mut self, target: &ast::Expr<'_>) {
        match target {
            ast::Expr::Var(var) => self.own.push(var.id.to_owned()),
            ast::Expr::List(list) => list.items.iter().for_each(|item| self.target(item)),
            ast::Expr::Tuple(tuple) => tuple.items.iter().for_each(|item| self.target(item)),
            _ => {}
        }
    }

    fn expression(&mut self, expression: &ast::Expr<'_>) {
        match expression {
            ast::Expr::Var(var) => self.name(var.id, None, range(var.span())),
            ast::Expr::Const(_) => {}
            ast::Expr::Slice(inner) => {
                self.expression(&inner.expr);
                [&inner.start, &inner.stop, &inner.step]
                    .into_iter()
                    .flatten()
                    .for_each(|part| self.expression(part));
            }
            ast::Expr::UnaryOp(inner) => self.expression(&inner.expr),
            ast::Expr::BinOp(inner) => {
                self.compare(&inner.left, binary(inner.op), &inner.right);
                self.expression(&inner.left);
                self.expression(&inner.right);
            }
            ast::Expr::Compare(inner) => {
                let mut left = &inner.expr;
                self.expression(left);
                for part in &inner.ops {
                    self.compare(left, Some(comparison(part.op)), &part.expr);
                    self.expression(&part.expr);
                    left = &part.expr;
                }
            }
            ast::Expr::IfExpr(inner) => {
                self.expression(&inner.test_expr);
                self.expression(&inner.true_expr);
                inner.false_expr.iter().for_each(|expression| self.expression(expression));
            }
            ast::Expr::Filter(inner) => {
                self.filters.push(Used {
                    name: inner.name.to_owned(),
                    field: None,
                    range: range(inner.span()),
                });
                inner.expr.iter().for_each(|expression| self.expression(expression));
                self.arguments(&inner.args);
            }
            ast::Expr::Test(inner) => {
                self.tests.push(Used {
                    name: inner.name.to_owned(),
                    field: None,
                    range: range(inner.span()),
                });
                self.expression(&inner.expr);
                self.arguments(&inner.args);
            }
            ast::Expr::GetAttr(inner) => match &inner.expr {
                ast::Expr::Var(var) => self.name(var.id, Some(inner.name), range(inner.span())),
                other => self.expression(other),
            },
            ast::Expr::GetItem(inner) => {
                self.expression(&inner.expr);
                self.expression(&inner.subscript_expr);
            }
            ast::Expr::Call(inner) => self.call(inner),
            ast::Expr::List(inner) => inner.items.iter().for_each(|item| self.expression(item)),
            ast::Expr::Tuple(inner) => inner.items.iter().for_each(|item| self.expression(item)),
            ast::Expr::Map(inner) => {
                inner.keys.iter().chain(&inner.values).for_each(|item| self.expression(item));
            }
        }
    }

    fn call(&mut self, call: &ast::Call<'_>) {
        self.expression(&call.expr);
        self.arguments(&call.args);
    }

    fn arguments(&mut self, arguments: &[ast::CallArg<'_>]) {
        for argument in arguments {
            match argument {
                ast::CallArg::Pos(value)
                | ast::CallArg::Kwarg(_, value)
                | ast::CallArg::PosSplat(value)
                | ast::CallArg::KwargSplat(value) => self.expression(value),
            }
        }
    }

    fn name(&mut self, name: &str, field: Option<&str>, range: Range<usize>) {
        if !self.own.iter().any(|own| own == name) {
            self.names.push(Used { name: name.to_owned(), field: field.map(str::to_owned), range });
        }
    }

    fn compare(&mut self, left: &ast::Expr<'_>, how: Option<(How, bool)>, right: &ast::Expr<'_>) {
        let Some((how, within)) = how else { return };
        match (left, right, within) {
            (ast::Expr::Var(name), _, true) => {
                // `name in [constants]`
                let items: &[ast::Expr<'_>] = match right {
                    ast::Expr::List(list) => &list.items,
                    ast::Expr::Tuple(tuple) => &tuple.items,
                    _ => &[],
                };
                items.iter().for_each(|item| self.constant(name.id, How::Equal, item));
            }
            (_, ast::Expr::Var(name), true) => self.constant(name.id, How::Contains, left),
            (ast::Expr::Var(name), other, false) | (other, ast::Expr::Var(name), false) => {
                self.constant(name.id, how, other);
            }
            _ => {}
        }
    }

    fn constant(&mut self, name: &str, how: How, expression: &ast::Expr<'_>) {
        if self.own.iter().any(|own| own == name) {
            return;
        }
        if let Some(constant) = expression.as_const().filter(|value| value.kind() != ValueKind::None) {
            self.compared.push(Compared {
                name: name.to_owned(),
                how,
                constant,
                range: range(expression.span()),
            });
        }
    }
}

fn range(span: minijinja::machinery::Span) -> Range<usize> {
    span.start_offset as usize..span.end_offset as usize
}

/// How an operator compares, and whether it is `in`.
fn comparison(operator: ast::CompareOpKind) -> (How, bool) {
    match operator {
        ast::CompareOpKind::Eq | ast::CompareOpKind::Ne => (How::Equal, false),
        ast::CompareOpKind::In | ast::CompareOpKind::NotIn => (How::Contains, true),
        _ => (How::Ordered, false),
    }
}

fn binary(operator: ast::BinOpKind) -> Option<(How, bool)> {
    match operator {
        ast::BinOpKind::Eq | ast::BinOpKind::Ne => Some((How::Equal, false)),
        ast::BinOpKind::In => Some((How::Contains, true)),
        ast::BinOpKind::Lt | ast::BinOpKind::Lte | ast::BinOpKind::Gt | ast::BinOpKind::Gte => {
            Some((How::Ordered, false))
        }
        _ => None,
    }
}
