//! Type expressions of the contract, one level at a time.

/// What a type expression says, outermost level only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type<'a> {
    /// `string`, `secret`, `uri`, `blob`, `id` and `id<…>`: a JSON string.
    Text,
    /// `datetime`: a JSON string as RFC 3339 says.
    DateTime,
    /// `int`: a JSON number without a fraction.
    Int,
    /// `double`: any JSON number.
    Double,
    /// `bool`.
    Bool,
    /// `object` and `any_error`: a JSON object of unknown fields.
    Object,
    /// `opaque`: anything.
    Opaque,
    /// `void`: nothing.
    Void,
    /// `list<T>`.
    List(&'a str),
    /// `set<T>`: a JSON array without duplicates.
    Set(&'a str),
    /// `map<K,V>`: a JSON object; keys are strings, or the values of an enumeration.
    Map(&'a str, &'a str),
    /// `opt<T>`: T, or nothing.
    Opt(&'a str),
    /// `poly<Base>`: a structure that carries Base's fields and says which by its discriminator.
    Poly(&'a str),
    /// A structure or an enumeration.
    Named(&'a str),
}

impl<'a> Type<'a> {
    /// Takes the outermost level of an expression apart.
    #[must_use]
    pub fn parse(expression: &'a str) -> Self {
        if let Some((head, rest)) = expression.split_once('<') {
            let inner = rest.strip_suffix('>').unwrap_or(rest);
            return Self::generic(head, inner);
        }
        match expression {
            "string" | "secret" | "uri" | "blob" | "id" => Self::Text,
            "datetime" => Self::DateTime,
            "int" => Self::Int,
            "double" => Self::Double,
            "bool" => Self::Bool,
            "object" | "any_error" => Self::Object,
            "opaque" => Self::Opaque,
            "void" => Self::Void,
            name => Self::Named(name),
        }
    }

    fn generic(head: &str, inner: &'a str) -> Self {
        match head {
            "list" => Self::List(inner),
            "set" => Self::Set(inner),
            "opt" => Self::Opt(inner),
            "poly" => Self::Poly(inner),
            "map" => {
                // No key of the contract has a comma of its own.
                let (key, value) = inner.split_once(',').unwrap_or(("string", inner));
                Self::Map(key.trim(), value.trim())
            }
            _ => Self::Text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Type;

    #[test]
    fn an_expression_is_taken_apart_level_by_level() {
        assert_eq!(Type::parse("opt<list<poly<Expression>>>"), Type::Opt("list<poly<Expression>>"));
        assert_eq!(Type::parse("list<poly<Expression>>"), Type::List("poly<Expression>"));
        assert_eq!(Type::parse("poly<Expression>"), Type::Poly("Expression"));
        assert_eq!(
            Type::parse("map<id<Cluster>,list<a.b.C>>"),
            Type::Map("id<Cluster>", "list<a.b.C>")
        );
        assert_eq!(Type::parse("id<Cluster>"), Type::Text);
        assert_eq!(Type::parse("a.b.C"), Type::Named("a.b.C"));
    }
}
