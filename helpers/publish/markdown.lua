-- Keeps what a printed page can show: no pictures from files, no raw code, no jumps to labels of another chapter.
function Header(header)
  header.identifier = ""
  header.level = math.max(header.level, 2)
  return header
end
function Image(image)
  return image.caption
end
function Link(link)
  if link.target:sub(1, 1) == "#" then
    return link.content
  end
end
function RawInline()
  return {}
end
function RawBlock()
  return {}
end
