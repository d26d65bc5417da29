//! Resources without their types: values in, values out.

use futures_util::future::BoxFuture;
use serde::de::DeserializeOwned;

use crate::{
    Context, DataSource, Diagnostic, Diagnostics, Error, Moved, Path, Plan, Resource, Value, codec,
    plan, resource::Model, schema::Schema, timeouts::DefaultTimeouts, validate,
};

/// A resource, or something else of a known type.
pub(crate) struct Typed<R> {
    pub(crate) kind: R,
}

impl<R> Typed<R> {
    pub(crate) fn new(kind: R) -> Self {
        Self { kind }
    }
}

/// A plan in values.
#[derive(Clone, Debug)]
pub(crate) struct ValuePlan {
    pub(crate) prior: Value,
    pub(crate) config: Value,
    pub(crate) planned: Value,
    pub(crate) replace: Vec<Path>,
}

/// A [`Resource`] of any model.
pub(crate) trait AnyResource<D>: Send + Sync {
    /// The type in a configuration.
    fn name(&self) -> &'static str;
    fn schema(&self) -> &Schema;
    fn timeouts(&self) -> DefaultTimeouts;
    fn validate(&self, config: &Value) -> Diagnostics;
    fn plan<'a>(
        &'a self,
        cx: &'a Context<D>,
        plan: ValuePlan,
    ) -> BoxFuture<'a, Result<ValuePlan, Error>>;
    fn plan_destroy<'a>(
        &'a self,
        cx: &'a Context<D>,
        state: Value,
    ) -> BoxFuture<'a, Result<(), Error>>;
    fn create<'a>(&'a self, cx: &'a Context<D>, plan: Value)
    -> BoxFuture<'a, Result<Value, Error>>;
    fn read<'a>(
        &'a self,
        cx: &'a Context<D>,
        state: Value,
    ) -> BoxFuture<'a, Result<Option<Value>, Error>>;
    fn update<'a>(
        &'a self,
        cx: &'a Context<D>,
        state: Value,
        plan: Value,
    ) -> BoxFuture<'a, Result<Value, Error>>;
    fn delete<'a>(&'a self, cx: &'a Context<D>, state: Value) -> BoxFuture<'a, Result<(), Error>>;
    fn import<'a>(&'a self, cx: &'a Context<D>, id: &'a str)
    -> BoxFuture<'a, Result<Value, Error>>;
    fn configuration(&self, written: Value) -> Value;
    fn moved(&self, from: &Moved<'_>, notes: &mut Diagnostics) -> Result<Option<String>, Error>;
    fn upgrade(&self, from: i64, state: &serde_json::Value) -> Result<Value, Error>;
    /// What the model makes of the value: two values that mean the same are equal then.
    fn understood(&self, value: &Value) -> Value;
    /// The result with the part of it that is as the model understood `came`, as it came.
    fn as_it_came(&self, came: &Value, result: Value) -> Value {
        plan::as_it_came(&self.schema().root, came, result, |it| self.understood(&it))
    }
}

/// A [`DataSource`] of any model.
pub(crate) trait AnyDataSource<D>: Send + Sync {
    fn schema(&self) -> &Schema;
    fn validate(&self, config: &Value) -> Diagnostics;
    fn read<'a>(&'a self, cx: &'a Context<D>, config: Value)
    -> BoxFuture<'a, Result<Value, Error>>;
}

impl<R: Resource> AnyResource<R::Data> for Typed<R> {
    fn name(&self) -> &'static str {
        R::NAME
    }

    fn schema(&self) -> &Schema {
        Schema::kept::<R::Model>(R::VERSION)
    }

    fn timeouts(&self) -> DefaultTimeouts {
        R::TIMEOUTS
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        configuration(self.schema(), config, R::validate)
    }

    fn plan<'a>(
        &'a self,
        cx: &'a Context<R::Data>,
        plan: ValuePlan,
    ) -> BoxFuture<'a, Result<ValuePlan, Error>> {
        Box::pin(async move {
            let prior = if plan.prior.is_null() { None } else { Some(model(&plan.prior)?) };
            let (config, planned) = (model(&plan.config)?, model(&plan.planned)?);
            let mut typed = Plan { prior, config, planned, replace: plan.replace };
            self.kind.plan(cx, &mut typed).await?;
            let planned = self.as_it_came(&plan.planned, codec::encode(&typed.planned));
            Ok(ValuePlan { planned, replace: typed.replace, ..plan })
        })
    }

    fn plan_destroy<'a>(
        &'a self,
        cx: &'a Context<R::Data>,
        state: Value,
    ) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async move { self.kind.plan_destroy(cx, &model(&state)?).await })
    }

    fn create<'a>(
        &'a self,
        cx: &'a Context<R::Data>,
        plan: Value,
    ) -> BoxFuture<'a, Result<Value, Error>> {
        Box::pin(async move {
            let made = self.kind.create(cx, model(&plan)?).await?;
            Ok(self.as_it_came(&plan, codec::encode(&made)))
        })
    }

    fn read<'a>(
        &'a self,
        cx: &'a Context<R::Data>,
        state: Value,
    ) -> BoxFuture<'a, Result<Option<Value>, Error>> {
        Box::pin(async move {
            let found = self.kind.read(cx, model(&state)?).await?;
            Ok(found.map(|model| self.as_it_came(&state, codec::encode(&model))))
        })
    }

    fn update<'a>(
        &'a self,
        cx: &'a Context<R::Data>,
        state: Value,
        plan: Value,
    ) -> BoxFuture<'a, Result<Value, Error>> {
        Box::pin(async move {
            let updated = self.kind.update(cx, model(&state)?, model(&plan)?).await?;
            Ok(self.as_it_came(&plan, codec::encode(&updated)))
        })
    }

    fn delete<'a>(
        &'a self,
        cx: &'a Context<R::Data>,
        state: Value,
    ) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async move { self.kind.delete(cx, model(&state)?).await })
    }

    fn import<'a>(
        &'a self,
        cx: &'a Context<R::Data>,
        id: &'a str,
    ) -> BoxFuture<'a, Result<Value, Error>> {
        Box::pin(async move { Ok(codec::encode(&self.kind.import(cx, id).await?)) })
    }

    fn configuration(&self, written: Value) -> Value {
        let Ok(mut model) = model::<R::Model>(&written) else { return written };
        R::configuration(&mut model);
        self.as_it_came(&written, codec::encode(&model))
    }

    fn moved(&self, from: &Moved<'_>, notes: &mut Diagnostics) -> Result<Option<String>, Error> {
        R::moved(from, notes)
    }

    fn upgrade(&self, from: i64, state: &serde_json::Value) -> Result<Value, Error> {
        R::upgrade(from, state)
    }

    fn understood(&self, value: &Value) -> Value {
        codec::understood::<R::Model>(value).unwrap_or_else(|| value.clone())
    }
}

impl<S: DataSource> AnyDataSource<S::Data> for Typed<S> {
    fn schema(&self) -> &Schema {
        Schema::kept::<S::Model>(0)
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        configuration(self.schema(), config, S::validate)
    }

    fn read<'a>(
        &'a self,
        cx: &'a Context<S::Data>,
        config: Value,
    ) -> BoxFuture<'a, Result<Value, Error>> {
        Box::pin(async move { Ok(codec::encode(&self.kind.read(cx, model(&config)?).await?)) })
    }
}

/// All that is wrong with a configuration, by its schema, its types and its own rules.
pub(crate) fn configuration<M: DeserializeOwned>(
    schema: &Schema,
    config: &Value,
    rules: impl FnOnce(&M, &mut Diagnostics),
) -> Diagnostics {
    let mut found = validate::validate(&schema.root, config);
    let (model, misfits) = codec::decode::<M>(config);
    for misfit in misfits {
        // What the schema said already, its type need not say again.
        let told = found.iter().any(|it| it.path.as_ref() == Some(&misfit.path));
        if !told {
            let detail = format!("`{}`: {}", misfit.path, misfit.message);
            found.push(Diagnostic::error("invalid value", detail).at(misfit.path));
        }
    }
    if let Some(model) = model {
        rules(&model, &mut found);
    }
    found
}

/// The model in a value that was validated before.
pub(crate) fn model<M: Model>(value: &Value) -> Result<M, Error> {
    match codec::decode(value) {
        (Some(model), misfits) if misfits.is_empty() => Ok(model),
        (_, misfits) => {
            let mut found = Diagnostics::new();
            for misfit in misfits {
                let detail = format!("`{}`: {}", misfit.path, misfit.message);
                found.error_at(misfit.path, "unreadable value", detail);
            }
            let unnamed = || Error::new("unreadable value", "the value does not fit its model");
            Err(Error::try_from(found).unwrap_or_else(|_| unnamed()))
        }
    }
}
