"""Registering component factories, and what is known about them."""

import pytest

from spacy_lite.language import FactoryMeta, Language


class Northern(Language):
    lang = "northern"


def test_a_component_is_added_by_its_registered_name(nlp):
    component = nlp.add_pipe("toy_mark")
    assert nlp.pipe_names == ["toy_mark"] and nlp.get_pipe("toy_mark") is component
    assert nlp("one two").user_data["trace"] == ["toy_mark"]


def test_a_factory_gets_its_settings_over_the_defaults(nlp):
    assert nlp.add_pipe("toy_counter").start == 1
    assert nlp.add_pipe("toy_counter", name="other", config={"start": 5}).start == 5
    assert nlp.get_pipe_config("other") == {"factory": "toy_counter", "start": 5, "labels": []}


def test_what_a_factory_says_about_its_components_is_kept(nlp):
    nlp.add_pipe("toy_counter", name="mine")
    meta = nlp.get_pipe_meta("mine")
    assert isinstance(meta, FactoryMeta) and meta.factory == "toy_counter"
    assert list(meta.assigns) == ["token.tag"] and meta.default_score_weights == {"toy_acc": 1.0, "toy_detail": None}
    assert list(meta.scores) == ["toy_acc", "toy_detail"]
    assert nlp.pipe_factories == {"mine": "toy_counter"}


def test_a_language_has_factories_of_its_own(nlp):
    @Northern.factory("northern_light", default_config={"colour": "green"})
    def make_light(nlp, name, colour):
        return lambda doc: doc

    assert Northern.has_factory("northern_light") and not Language.has_factory("northern_light")
    assert Northern().add_pipe("northern_light") is not None
    assert Northern.get_factory_meta("northern_light").default_config == {"colour": "green"}
    with pytest.raises(ValueError, match="no component factory `northern_light`"):
        nlp.add_pipe("northern_light")


def test_a_language_may_replace_a_factory_of_all_languages(nlp):
    @Language.component("both_have")
    def common(doc):
        return doc

    @Northern.component("both_have")
    def special(doc):
        return doc

    assert nlp.add_pipe("both_have") is common
    assert Northern().add_pipe("both_have") is special


def test_registering_the_same_function_again_is_no_error_but_another_one_is():
    def one(doc):
        return doc

    def two(doc):
        return doc

    Language.component("taken", func=one)
    Language.component("taken", func=one)
    with pytest.raises(ValueError, match="`taken` is registered already"):
        Language.component("taken", func=two)


@pytest.mark.parametrize("name", ["with.dot", 3, None])
def test_names_of_factories_have_no_dots(name):
    with pytest.raises(ValueError, match="without dots"):
        Language.component(name, func=lambda doc: doc)
    with pytest.raises(ValueError, match="without dots"):
        Language.factory(name, func=lambda nlp, name: None)


def test_a_factory_has_to_take_nlp_and_name():
    with pytest.raises(ValueError, match="`nlp` and `name`"):
        Language.factory("no_name", func=lambda nlp: None)


@pytest.mark.parametrize("attribute", ["tag", "token.tag_", "sentence.tag", "token._", "span.label", "token.a.b", "doc"])
def test_attributes_a_component_claims_to_write_are_checked(attribute):
    with pytest.raises(ValueError, match="attribute|span|_"):
        Language.component("claims", assigns=[attribute], func=lambda doc: doc)


def test_an_unknown_factory_is_reported_with_the_nearest_and_what_to_do(nlp):
    with pytest.raises(ValueError) as caught:
        nlp.add_pipe("toy_countre")
    assert "did you mean `toy_counter`" in str(caught.value) and "--code" in str(caught.value)


def test_factory_names_are_those_the_language_can_use(nlp):
    assert {"toy_mark", "toy_counter"} <= set(nlp.factory_names)
    assert not any("." in name for name in nlp.factory_names)
