"""The intermediate values that GB/T 32918.5 prints in its signature example."""

from crypto import sm2, sm2_curve

PUBLIC = bytes.fromhex(sm2._EXAMPLE_PUBLIC)


def test_the_published_key_lies_on_the_curve():
    assert sm2_curve.on_curve(PUBLIC)


def test_a_point_beside_the_curve_is_noticed():
    assert not sm2_curve.on_curve(PUBLIC[:-1] + bytes([PUBLIC[-1] ^ 1]))
    assert not sm2_curve.on_curve(PUBLIC[:-1])


def test_coordinates_beyond_the_field_are_refused():
    # The same point with p added to x would pass the equation modulo p.
    small = next(x for x in range(200) if _y(x) is not None)
    point = small.to_bytes(32, "big") + _y(small).to_bytes(32, "big")
    again = (small + sm2_curve.P).to_bytes(32, "big") + point[32:]
    assert sm2_curve.on_curve(point)
    assert not sm2_curve.on_curve(again)


def test_the_digest_that_is_signed_is_the_published_one():
    digest = sm2_curve.message_digest(PUBLIC, b"message digest")
    assert digest.hex().upper() == (
        "F0B43E94BA45ACCAACE692ED534382EB17E6AB5A19CE7B31F4486FDFC0D28640"
    )


def test_another_user_id_gives_another_digest():
    assert sm2_curve.message_digest(PUBLIC, b"m") != sm2_curve.message_digest(PUBLIC, b"m", b"")


def _y(x):
    """A square root of the curve's right side, p being 3 modulo 4."""
    right = (x**3 + sm2_curve.A * x + sm2_curve.B) % sm2_curve.P
    root = pow(right, (sm2_curve.P + 1) // 4, sm2_curve.P)
    return root if root * root % sm2_curve.P == right else None
