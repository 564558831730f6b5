import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from kg.cli import main as kg
from kg.errors import InputError
from kg.extract import candidates
from kg.extract.extractors import FastExtractor, findings
from kg.extract.fitted import Fitted
from kg.extract.pipeline import pipeline
from kg.extract.priors import Priors
from kg.lexicon import Lexicon
from kg.train import decide
from kg.train.examples import load, read_entries
from kg.train.run import Plan, train

DIGESTS = Path(__file__).parents[2] / "data/digests"


@pytest.fixture(scope="module")
def gold(tmp_path_factory):
    """A third of the sample papers, annotated with what `fast` finds in them."""
    extractor = FastExtractor()
    path = tmp_path_factory.mktemp("gold") / "gold.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for digest in sorted(DIGESTS.rglob("*.md"))[::3]:
            for entry in read_entries(digest):
                entities = [
                    {
                        "names": [n.text for n in finding.names],
                        "type": [finding.type],
                        "relations": [r.type for r in finding.relations],
                        "optional": any(r.type == "MENTIONS" for r in finding.relations),
                    }
                    for finding in extractor.extract(entry).findings
                ]
                source = str(digest.relative_to(DIGESTS))
                record = {"id": f"{source}:{entry.source.line}", "title": entry.title, "source": source}
                file.write(json.dumps(record | {"entities": entities}, ensure_ascii=False) + "\n")
    return path


def test_a_pipeline_fitted_on_annotations_finds_what_they_have(gold, tmp_path, monkeypatch):
    monkeypatch.setattr(decide, "FOLDS", 2)
    monkeypatch.setattr(decide, "FEWEST", 3)
    monkeypatch.setattr(decide, "rounds", lambda model: 20)
    pairs = load(gold, DIGESTS)
    nothing = [None] * len(pairs)
    said = []
    decide.fit_pipeline(tmp_path, pairs, [{} for _ in pairs], nothing, said.append)
    assert any("candidates" in line for line in said)
    fitted = Fitted.read(tmp_path)
    assert 0 < fitted.thresholds["keep"] < 1 and fitted.thresholds["scale"] > 0
    nlp, right, wanted = pipeline(), 0, 0
    for entities, entry in pairs:
        found = findings(candidates.find(nlp, entry, Lexicon.load(), Priors.load(), fitted.translations), fitted)
        names = {n.text for f in found for n in f.names}
        required = [e for e in entities if not e["optional"]]
        right += sum(bool(names & set(e["names"])) for e in required)
        wanted += len(required)
    assert right / wanted > 0.8


def test_annotations_of_other_digests_are_named(gold, tmp_path):
    with pytest.raises(InputError, match="none of the papers"):
        load(gold, tmp_path)


def test_the_command_names_what_is_missing(tmp_path):
    result = CliRunner().invoke(kg, ["train", str(tmp_path / "gold.jsonl"), str(tmp_path)])
    assert result.exit_code == 2
    assert "gold.jsonl does not exist" in result.stderr


def test_a_work_folder_belongs_to_one_training(gold, tmp_path):
    said = []
    with pytest.raises(ZeroDivisionError):
        train(Plan(gold, DIGESTS, tmp_path), ["fast"], lambda line: said.append(line) or 1 / 0)
    assert said == [f"{len(load(gold, DIGESTS))} of {len(load(gold, DIGESTS))} annotated papers have a text"]
    (tmp_path / "training.json").write_text("{}")
    with pytest.raises(InputError, match="another folder with --work"):
        train(Plan(gold, DIGESTS, tmp_path), ["fast"], said.append)
