"""Our SOAP wire against Axis 1.4: multiRef, typed values, arrays, and its own mistakes."""

import shutil
import subprocess
import urllib.request
from decimal import Decimal
from pathlib import Path

import pytest

from connectors.reading import Reading
from connectors.soap import Soap
from exchange.errors import Invalid, Rejected, Unknown

pytestmark = pytest.mark.peer("Axis 1.4")

SOURCES = Path(__file__).resolve().parents[1] / "peers" / "axis"
JARS = Path("/usr/share/java")
NEEDED = ("axis", "axis-jaxrpc", "axis-saaj", "commons-logging", "commons-discovery", "wsdl4j")
NEEDED += ("javax.activation", "javax.mail")
STYLES = ("Encoded", "Literal", "Wrapped")
"""Three times the same service: rpc/encoded, rpc/literal, document/literal wrapped."""
PERSON = {
    "age": 6,
    "alive": True,
    "amount": "1.50",
    "since": None,
    "name": "张小直",
    "mother": None,
}


@pytest.fixture(scope="module")
def axis(tmp_path_factory):
    """Base URL of the services."""
    jars = [JARS / f"{name}.jar" for name in NEEDED]
    assert shutil.which("javac"), "run: tests/peers/install.sh heavy"
    assert all(jar.is_file() for jar in jars), "run: tests/peers/install.sh heavy"
    folder = tmp_path_factory.mktemp("axis")
    path = ":".join(map(str, [*jars, folder]))
    # Axis reads the classes' bytes for the names of parameters, and knows those of Java 8.
    compiler = ["javac", "-nowarn", "--release", "8", "-encoding", "UTF-8", "-cp", path]
    subprocess.run(
        [*compiler, "-d", folder, *SOURCES.glob("*.java")], check=True, capture_output=True
    )
    command = ["java", "-cp", path, "AxisPeer"]
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(
            command, cwd=folder, stdout=subprocess.PIPE, stderr=log, text=True
        ) as server,
    ):
        try:
            yield f"http://127.0.0.1:{int(server.stdout.readline())}/axis/services"
        finally:
            server.kill()


@pytest.fixture(scope="module")
def wsdl_of(axis, tmp_path_factory):
    """``wsdl_of(style)``: the WSDL as an engineer saves it from the peer's ``?wsdl``."""
    folder = tmp_path_factory.mktemp("wsdl")

    def saved(style):
        file = folder / f"{style}.wsdl"
        if not file.exists():
            with urllib.request.urlopen(f"{axis}/{style}?wsdl") as answer:
                file.write_bytes(answer.read())
        return file

    return saved


@pytest.fixture
def wire(axis, wsdl_of):
    """``wire(style)``: closed after the test."""
    opened = []

    def made(style, **more):
        file = more.pop("wsdl", None) or wsdl_of(style)
        opened.append(Soap(file, f"{axis}/{style}", timeout=20, **more))
        return opened[-1]

    yield made
    for each in opened:
        each.close()


@pytest.mark.parametrize("style", STYLES)
def test_a_plain_value_is_a_text_in_every_style(wire, style):
    """The rare character comes back as two references that are no XML."""
    reply = wire(style).call("addReview", {"in0": "张小直·𬀩 & <a>", "in1": 3})
    assert reply.value == "张小直·𬀩 & <a>|3"
    assert b"&#xD870;&#xDC29;" in reply.raw


@pytest.mark.parametrize("style", STYLES)
def test_an_object_in_an_object(wire, style):
    reply = wire(style).call("find", {"in0": "王某"})
    mother = {
        "age": 7,
        "alive": True,
        "amount": Decimal("12.50"),
        "mother": None,
        "name": "王某之母",
        "since": "2026-01-05T00:00:00.000Z",
    }
    assert reply.value == {**mother, "name": "王某", "mother": mother}
    assert (b"multiRef" in reply.raw) == (style == "Encoded")


@pytest.mark.parametrize("number", [0, 1, 3])
@pytest.mark.parametrize("style", ["Encoded", "Wrapped"])
def test_a_list_is_a_list_however_long(wire, style, number):
    """In rpc/encoded the mother of all is sent once and pointed at from each."""
    found = wire(style).call("siblings", {"in0": number}).value
    assert [one["name"] for one in found] == [f"张小{n}" for n in range(number)]
    assert {one["mother"]["name"] for one in found} == ({"李某"} if number else set())


@pytest.mark.parametrize("style", ["Encoded", "Wrapped"])
def test_a_list_of_texts(wire, style):
    assert wire(style).call("names", {}).value == ["张小直", None, "a<b&c"]


def test_the_wsdl_of_a_literal_list_is_wrong_and_can_be_mended_in_the_site(wire, wsdl_of, tmp_path):
    """Axis declares ``item`` and sends ``namesReturn``, in another namespace form."""
    with pytest.raises(Unknown, match=r"soap\.unreadable"):
        wire("Literal").call("names", {})
    mended = tmp_path / "mended.wsdl"
    text = wsdl_of("Literal").read_text("utf-8")
    mended.write_text(
        text.replace('name="item" type="xsd:string"', 'name="namesReturn" type="xsd:string"')
    )
    assert wire("Literal", wsdl=mended).call("names", {}).value == ["张小直", None, "a<b&c"]


@pytest.mark.parametrize("style", STYLES)
def test_an_object_goes_and_comes_back(wire, style):
    older = wire(style).call("older", {"in0": PERSON}).value
    assert older == {**PERSON, "age": 7, "amount": Decimal("1.50")}


@pytest.mark.parametrize("style", ["Encoded", "Wrapped"])
def test_a_list_of_objects_goes(wire, style):
    assert wire(style).call("count", {"in0": [PERSON, PERSON]}).value == 2


@pytest.mark.parametrize("style", STYLES)
def test_faults_tell_data_from_breakdown(wire, style):
    connector = wire(style, reading=Reading(faults={"Server": Unknown}))
    with pytest.raises(Rejected) as raised:
        connector.call("refuse", {"in0": "材料不全"})
    assert (raised.value.facts["fault"], raised.value.reason) == ("Client.Data", "材料不全")
    with pytest.raises(Unknown) as broken:
        connector.call("crash", {})
    assert broken.value.facts["fault"] == "Server.userException"
    assert "内部错误" not in str(broken.value)


@pytest.mark.parametrize("style", STYLES)
def test_what_the_wsdl_wants_is_told_before_it_is_sent(wire, style):
    with pytest.raises(Invalid) as raised:
        wire(style).call("addReview", {"in0": None, "in1": 3})
    assert raised.value.facts["path"] == "/addReview/in0"
