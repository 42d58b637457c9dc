"""Pictures and what torchvision and PIL make of them: `/usr/bin/python3 test/goldens/make_vision.py` (Debian's python3-torchvision)."""
import base64
import io
import json
import os

import numpy as np
import torch
from PIL import Image, ImageCms
from torchvision import transforms

here = os.path.dirname(os.path.abspath(__file__))


def text(data):
    return base64.b64encode(bytes(data)).decode()


def picture(image):
    array = np.asarray(image)
    return {"width": image.width, "height": image.height, "channels": 1 if array.ndim == 2 else 3, "data": text(array.tobytes())}


def smooth(seed, width, height, mode):
    """A picture that compresses well and has all shades."""
    rng = np.random.default_rng(seed)
    small = rng.integers(0, 256, (5, 6) if mode == "L" else (5, 6, len(mode)), dtype=np.uint8)
    return Image.fromarray(small, mode).resize((width, height), Image.BICUBIC)


def encoded(image, kind, **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    return text(file.getvalue())


def other_profile():
    """A color profile that takes red for blue: whoever applies it shows other colors."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile.replace(b"rXYZ", b"?", 1).replace(b"bXYZ", b"rXYZ", 1).replace(b"?", b"bXYZ", 1)


def files():
    rgb, grey, clear = smooth(1, 23, 17, "RGB"), smooth(2, 16, 19, "L"), smooth(3, 9, 11, "RGBA")
    made = {
        "rgb.png": (rgb, "PNG", {}),
        "grey.png": (grey, "PNG", {}),
        "transparent.png": (clear, "PNG", {}),
        "palette.png": (rgb.quantize(16), "PNG", {}),
        "interlaced-bits.png": (grey.point(lambda v: 255 * (v > 128)).convert("1"), "PNG", {}),
        "rgb.jpg": (rgb, "JPEG", {"quality": 80}),
        "progressive.jpg": (rgb, "JPEG", {"quality": 90, "progressive": True}),
        "fine.jpg": (rgb, "JPEG", {"quality": 95, "subsampling": 0}),
        "grey.jpg": (grey, "JPEG", {"quality": 80}),
        "rgb.webp": (rgb, "WEBP", {"lossless": True}),
        "profile.jpg": (rgb, "JPEG", {"quality": 80, "icc_profile": other_profile()}),
        "inks.jpg": (smooth(4, 12, 10, "CMYK"), "JPEG", {"quality": 90}),
        "inks.tif": (smooth(5, 7, 9, "CMYK"), "TIFF", {}),
    }
    cases = {}
    for name, (image, kind, options) in made.items():
        content = encoded(image, kind, **options)
        read = Image.open(io.BytesIO(base64.b64decode(content)))
        cases[name] = {"file": content, "RGB": picture(read.convert("RGB")), "L": picture(read.convert("RGB").convert("L"))}
    return cases


def resized():
    cases = []
    for seed, (width, height, mode) in enumerate([(23, 17, "RGB"), (16, 19, "L"), (5, 40, "RGB")]):
        image = smooth(seed, width, height, mode)
        for size in [8, 1, 31, (9, 30), (40, 3), (height, 7), (6, width)]:
            for name, mode_ in [("bilinear", transforms.InterpolationMode.BILINEAR), ("nearest", transforms.InterpolationMode.NEAREST)]:
                made = transforms.Resize(size, interpolation=mode_)(image)
                cases.append({"image": picture(image), "size": size, "interpolation": name, "output": picture(made)})
    return cases


def random(make, image, seed, count=12):
    torch.manual_seed(seed)
    step = make()
    return [picture(step(image)) for _ in range(count)], torch.rand(1).item()


def drawn():
    image, small = smooth(7, 9, 8, "RGB"), smooth(8, 6, 10, "L")
    makes = {
        "RandomHorizontalFlip": [({"p": 0.5}, image), ({"p": 0.2}, small), ({"p": 0.0}, small), ({"p": 1.0}, small)],
        "RandomVerticalFlip": [({"p": 0.5}, image)],
        "RandomCrop": [
            ({"size": 5}, image),
            ({"size": [4, 6], "padding": 2}, small),
            ({"size": [8, 9]}, image),
            ({"size": 8, "padding": [1, 2], "fill": 9}, image),
            ({"size": 7, "padding": [0, 1, 2, 3]}, small),
            ({"size": [14, 11], "pad_if_needed": True}, small),
            ({"size": [12, 5], "padding": 1, "pad_if_needed": True, "fill": 200}, image),
        ],
    }
    cases = []
    for name, calls in makes.items():
        for seed, (options, given) in enumerate(calls):
            outputs, after = random(lambda: getattr(transforms, name)(**options), given, seed)
            cases.append({"name": name, "options": options, "seed": seed, "image": picture(given), "outputs": outputs, "after": after})
    return cases


def fixed():
    cases = []
    for image in [smooth(11, 7, 9, "RGB"), smooth(12, 8, 5, "L")]:
        for size in [4, 5, [3, 6], [12, 11], [5, 12], [9, 2]]:
            cases.append({"name": "CenterCrop", "args": [size], "image": picture(image), "output": picture(transforms.CenterCrop(size)(image))})
        for padding in [0, 2, [1, 3], [1, 0, 2, 4]]:
            for fill in [0, 77]:
                made = transforms.Pad(padding, fill=fill)(image)
                cases.append({"name": "Pad", "args": [padding, {"fill": fill}], "image": picture(image), "output": picture(made)})
        for channels in [1, 3]:
            made = transforms.Grayscale(channels)(image)
            cases.append({"name": "Grayscale", "args": [channels], "image": picture(image), "output": picture(made)})
    return cases


def tensors():
    cases = []
    for image in [smooth(21, 7, 6, "RGB"), smooth(22, 4, 5, "L")]:
        plain = transforms.ToTensor()(image)
        mean, std = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]) if image.mode == "RGB" else ([0.1307], [0.3081])
        normal = transforms.Normalize(mean, std)(plain)
        cases.append({"image": picture(image), "shape": list(plain.shape), "plain": text(plain.numpy().tobytes()),
                      "mean": mean, "std": std, "normal": text(normal.numpy().tobytes())})
    return cases


with open(os.path.join(here, "vision.json"), "w") as file:
    parts = {"files": files(), "resized": resized(), "drawn": drawn(), "fixed": fixed(), "tensors": tensors()}
    json.dump(parts, file, indent=None, separators=(",", ":"))
    file.write("\n")
