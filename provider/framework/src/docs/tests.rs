use expect_test::{Expect, expect};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Extras, file, page};
use crate::{
    Computed, DefaultTimeouts, Defaulted, Optional, Required, Secret, Timeouts, WriteOnly,
    mark::{default, deprecated, distinct, distinct_by, replace},
    schema::Schema,
    server::Subject,
};

const WALL: Subject = Subject::Resource("garden_wall");

/// The page of a model, from its schema on.
#[track_caller]
fn check<T: JsonSchema>(expected: &Expect) {
    let page = page("garden", WALL, &Schema::of::<T>(0), Extras::default());
    let (_, schema) = page.split_once("## Schema\n\n").unwrap();
    expected.assert_eq(schema);
}

#[test]
fn a_page_has_its_parts_in_the_order_that_readers_know() {
    /// Keeps
    /// hares out.
    ///
    /// Not moles.
    #[derive(Clone, Serialize, Deserialize, JsonSchema)]
    struct Wall {
        /// Where it is.
        id: Computed<String>,
        /// How high, in cm.
        #[schemars(range(min = 90, max = 250))]
        height: Required<u8>,
    }

    let import = "# The corner.\nterraform import garden_wall.north north/1\n";
    let extras =
        Extras { example: Some("resource {}\n"), import: Some(import), ..Extras::default() };
    expect![[r#"
        ---
        page_title: "garden_wall Resource - garden"
        subcategory: ""
        description: |-
          Keeps hares out.
        ---

        # garden_wall (Resource)

        Keeps
        hares out.

        Not moles.

        ## Example Usage

        ```terraform
        resource {}
        ```

        ## Schema

        ### Required

        - `height` (Number) How high, in cm. From 90 to 250.

        ### Read-Only

        - `id` (String) Where it is.

        ## Import

        With an [`import` block](https://developer.hashicorp.com/terraform/language/import) and the `id`:

        ```terraform
        import {
          to = garden_wall.north
          id = "north/1"
        }
        ```

        With the [`terraform import` command](https://developer.hashicorp.com/terraform/cli/commands/import):

        ```shell
        # The corner.
        terraform import garden_wall.north north/1
        ```
    "#]]
    .assert_eq(&page("garden", WALL, &Schema::of::<Wall>(0), extras));
}

#[test]
fn an_attribute_says_what_its_schema_asks() {
    #[derive(Clone, Serialize, Deserialize, JsonSchema)]
    #[serde(rename_all = "lowercase")]
    enum Stone {
        Granite,
        Slate,
    }

    #[derive(Clone, Serialize, Deserialize, JsonSchema)]
    struct Wall {
        /// What
        /// it is of.
        #[schemars(transform = default("slate"))]
        stone: Defaulted<Stone>,
        /// `granite` lasts, `slate` shines.
        top: Optional<Stone>,
        /// Who built it.
        #[schemars(length(min = 1), transform = distinct)]
        builders: Optional<Vec<String>>,
        /// Stones at each corner.
        #[schemars(length(max = 4))]
        corners: Optional<Vec<Stone>>,
        /// Name.
        #[schemars(length(min = 1, max = 63), transform = replace)]
        name: Required<String>,
        /// Key of the gate.
        gate_wo: WriteOnly<Secret<String>>,
        /// Its plan.
        #[schemars(transform = deprecated("use `stone`"))]
        plan: Optional<String>,
    }

    check::<Wall>(&expect![[r"
        ### Required

        - `name` (String) Name. At most 63 characters. A change replaces the resource.

        ### Optional

        - `builders` (List of String) Who built it. At least one. None may be there twice.
        - `corners` (List of String) Stones at each corner. At most 4. Each is one of `granite`, `slate`.
        - `gate_wo` (String, Sensitive, [Write-only](https://developer.hashicorp.com/terraform/language/manage-sensitive-data/write-only)) Key of the gate.
        - `plan` (String) Its plan. Deprecated: use `stone`.
        - `stone` (String) What it is of. One of `granite`, `slate`. Defaults to `slate`.
        - `top` (String) `granite` lasts, `slate` shines.
    "]]);
}

#[test]
fn nested_attributes_stand_below_and_are_linked() {
    #[derive(Clone, Serialize, Deserialize, JsonSchema)]
    struct Lock {
        /// Levers.
        levers: Required<u8>,
    }

    #[derive(Clone, Serialize, Deserialize, JsonSchema)]
    struct Gate {
        /// Name.
        name: Required<String>,
        /// Its lock.
        lock: Optional<Lock>,
    }

    #[derive(Clone, Serialize, Deserialize, JsonSchema)]
    struct Wall {
        /// Ways through.
        #[schemars(transform = distinct_by("name"))]
        gates: Optional<Vec<Gate>>,
    }

    check::<Wall>(&expect![[r#"
        ### Optional

        - `gates` (Attributes List) Ways through. No two have the same `name`. (see [below for nested schema](#nestedatt--gates))

        <a id="nestedatt--gates"></a>
        ### Nested Schema for `gates`

        Required:

        - `name` (String) Name.

        Optional:

        - `lock` (Attributes) Its lock. (see [below for nested schema](#nestedatt--gates--lock))

        <a id="nestedatt--gates--lock"></a>
        ### Nested Schema for `gates.lock`

        Required:

        - `levers` (Number) Levers.
    "#]]);
}

#[test]
fn default_times_are_told() {
    #[derive(Clone, Serialize, Deserialize, JsonSchema)]
    struct Wall {
        /// Times to wait.
        timeouts: Optional<Timeouts>,
    }

    let extras = Extras { timeouts: Some(DefaultTimeouts::minutes(90)), ..Extras::default() };
    let page = page("garden", WALL, &Schema::of::<Wall>(0), extras);
    let told: Vec<_> = page.lines().filter(|line| line.contains("Time to")).collect();
    expect![[r"
        - `create` (String) Time to create, such as `90m` or `1h30m`. Defaults to `90m`.
        - `delete` (String) Time to delete. Defaults to `90m`.
        - `read` (String) Time to read. Defaults to `5m`.
        - `update` (String) Time to update. Defaults to `90m`."]]
    .assert_eq(&told.join("\n"));
}

#[test]
fn a_page_is_named_after_its_type_without_the_provider() {
    let of = |subject| file("garden", subject);
    assert_eq!(of(Subject::Provider), "index.md");
    assert_eq!(of(WALL), "resources/wall.md");
    assert_eq!(of(Subject::DataSource("garden_wall")), "data-sources/wall.md");
    assert_eq!(of(Subject::Ephemeral("garden_key")), "ephemeral-resources/key.md");
    assert_eq!(of(Subject::Action("garden_water")), "actions/water.md");
}
