"""The list of components: order, names, disabling, replacing, copying."""

import pytest

from spacy_lite.config import ConfigError
from spacy_lite.language import Language


def names(nlp):
    return list(nlp.component_names)


def filled(nlp, *wanted):
    for name in wanted:
        nlp.add_pipe("toy_counter", name=name)
    return nlp


@pytest.mark.parametrize(
    "where, expected",
    [
        ({}, "abcX"),
        ({"last": True}, "abcX"),
        ({"first": True}, "Xabc"),
        ({"before": "b"}, "aXbc"),
        ({"after": "b"}, "abXc"),
        ({"before": 0}, "Xabc"),
        ({"after": 0}, "aXbc"),
        ({"after": -1}, "abcX"),
        ({"first": False, "last": False}, "abcX"),
    ],
)
def test_a_component_goes_where_it_is_told_to(nlp, where, expected):
    filled(nlp, *"abc").add_pipe("toy_counter", name="X", **where)
    assert "".join(names(nlp)) == expected


@pytest.mark.parametrize("where", [{"before": "a", "after": "b"}, {"first": True, "last": True}, {"before": 0, "first": True}])
def test_only_one_place_can_be_given(nlp, where):
    with pytest.raises(ValueError, match="one place"):
        filled(nlp, "a", "b").add_pipe("toy_counter", name="X", **where)


@pytest.mark.parametrize("where", [{"before": "bb"}, {"after": 5}])
def test_the_neighbour_has_to_be_there(nlp, where):
    with pytest.raises(ValueError, match="no component"):
        filled(nlp, "a", "b").add_pipe("toy_counter", name="X", **where)
    assert names(nlp) == ["a", "b"]


def test_a_name_can_be_taken_only_once(nlp):
    with pytest.raises(ValueError, match="already has a component `a`"):
        filled(nlp, "a", "a")


def test_a_function_cannot_be_added_without_a_name(nlp):
    with pytest.raises(ValueError, match="Language.component"):
        nlp.add_pipe(lambda doc: doc)


def test_misspelt_settings_are_reported_with_their_path(nlp):
    with pytest.raises(ConfigError, match=r"components.mine.strat: unknown setting \(did you mean `start`\?\)"):
        nlp.add_pipe("toy_counter", name="mine", config={"strat": 2})
    with pytest.raises(ConfigError, match="components.mine.start: expected int, got 'two'"):
        nlp.add_pipe("toy_counter", name="mine", config={"start": "two"})
    assert names(nlp) == []


def test_removing_renaming_and_replacing(nlp):
    filled(nlp, "a", "b", "c")
    nlp.config["initialize"]["components"]["b"] = {"start": 7}
    component = nlp.get_pipe("b")
    nlp.rename_pipe("b", "z")
    assert names(nlp) == ["a", "z", "c"] and nlp.get_pipe("z") is component and component.name == "z"
    assert nlp.config["initialize"]["components"] == {"z": {"start": 7}}
    assert nlp.remove_pipe("a")[0] == "a" and names(nlp) == ["z", "c"]
    new = nlp.replace_pipe("z", "toy_mark")
    assert names(nlp) == ["z", "c"] and nlp.get_pipe("z") is new
    for call in (lambda: nlp.rename_pipe("z", "c"), lambda: nlp.rename_pipe("zz", "y"), lambda: nlp.remove_pipe("zz")):
        with pytest.raises(ValueError, match="component"):
            call()


def test_score_weights_follow_the_components(nlp):
    nlp.add_pipe("toy_counter")
    assert nlp.config["training"]["score_weights"] == {"toy_acc": 1.0, "toy_detail": None}
    nlp.remove_pipe("toy_counter")
    assert nlp.config["training"]["score_weights"] == {}


def test_a_failed_replacement_leaves_the_old_component(nlp):
    filled(nlp, "a")
    before = nlp.get_pipe("a")
    with pytest.raises(ConfigError):
        nlp.replace_pipe("a", "toy_counter", config={"wrong": 1})
    assert nlp.get_pipe("a") is before and nlp.get_pipe_config("a")["start"] == 1


def test_disabled_components_are_loaded_but_do_not_run(nlp):
    filled(nlp, "a", "b")
    nlp.disable_pipe("a")
    assert (nlp.pipe_names, nlp.disabled, names(nlp)) == (["b"], ["a"], ["a", "b"])
    assert nlp("x").user_data["trace"] == ["b"]
    assert not nlp.has_pipe("a") and nlp.get_pipe("a").name == "a"
    nlp.enable_pipe("a")
    assert nlp("x").user_data["trace"] == ["a", "b"]


def test_select_pipes_disables_for_a_block(nlp):
    filled(nlp, "a", "b", "c")
    with nlp.select_pipes(disable="a"):
        assert nlp.pipe_names == ["b", "c"]
        with nlp.select_pipes(enable=["b", "a"]):
            assert nlp.pipe_names == ["b"]
        assert nlp.pipe_names == ["b", "c"]
    assert nlp.pipe_names == ["a", "b", "c"]
    selected = nlp.select_pipes(enable="c")
    assert selected == ["a", "b"]
    selected.restore()
    assert nlp.pipe_names == ["a", "b", "c"]
    with nlp.disable_pipes("a", "b"):
        assert nlp.pipe_names == ["c"]


def test_a_component_removed_inside_the_block_is_not_missed_at_its_end(nlp):
    filled(nlp, "a", "b")
    with nlp.select_pipes(disable="a"):
        nlp.remove_pipe("a")
    assert names(nlp) == ["b"]


@pytest.mark.parametrize("arguments", [{}, {"disable": ["a"], "enable": ["a"]}, {"disable": ["zz"]}, {"enable": ["zz"]}])
def test_select_pipes_refuses_what_it_cannot_do(nlp, arguments):
    with pytest.raises(ValueError, match="select_pipes|no component"):
        filled(nlp, "a", "b").select_pipes(**arguments)
    assert nlp.pipe_names == ["a", "b"]


def test_the_lists_of_components_cannot_be_changed_directly(nlp):
    filled(nlp, "a")
    for view in (nlp.pipeline, nlp.pipe_names, nlp.components, nlp.component_names, nlp.disabled):
        with pytest.raises(NotImplementedError):
            view.append("x")
    with pytest.raises(NotImplementedError):
        nlp.pipe_factories["x"] = "y"


def test_a_component_can_be_taken_from_another_pipeline(nlp):
    other = type(nlp)()
    other.vocab.strings.add("a_word_only_the_source_has")
    component = other.add_pipe("toy_counter", name="there", config={"start": 9})
    assert nlp.add_pipe("there", name="here", source=other) is component
    assert nlp.get_pipe_config("here")["start"] == 9 and nlp.get_pipe_meta("here").factory == "toy_counter"
    assert "a_word_only_the_source_has" in nlp.vocab.strings
    with pytest.raises(KeyError, match="did you mean `there`"):
        nlp.add_pipe("ther", name="x", source=other)
    with pytest.raises(ValueError, match="load it first"):
        nlp.add_pipe("there", name="x", source="en_core")


def test_pipe_labels_are_shown_for_components_that_have_some(nlp):
    nlp.add_pipe("toy_counter", config={"labels": ["A", "B"]})
    nlp.add_pipe("toy_mark")
    assert nlp.pipe_labels == {"toy_counter": ["A", "B"]}


def test_problems_of_a_pipeline_are_found(nlp, capsys):
    nlp.add_pipe("toy_counter")
    analysis = nlp.analyze_pipes(pretty=True)
    assert analysis["problems"] == {"toy_counter": ["token.pos"]}
    assert analysis["summary"]["toy_counter"]["assigns"] == ["token.tag"]
    assert analysis["attrs"]["token.pos"] == {"assigns": [], "requires": ["toy_counter"]}
    assert "token.pos" in capsys.readouterr().out

    Language.component("toy_pos", assigns=["token.pos"], func=_same)
    nlp.add_pipe("toy_pos", first=True)
    assert nlp.analyze_pipes()["problems"] == {"toy_pos": [], "toy_counter": []}


def _same(doc):
    return doc
